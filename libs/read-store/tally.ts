// A small projection for specs of the store and its follower: how many facts each seller has, and
// the facts themselves. `version` and `step` make another version of it.
import type { EventOf, Recorded } from '#ledger/events.ts';
import { integer, projection, table, text } from './projection.ts';
import type { Projection, Rows } from './projection.ts';

type SellerFact = EventOf<'SellerJoined' | 'SellerEnrolled'> & Recorded;

export const tallies = table({
  name: 'tallies',
  columns: { sellerId: text, facts: integer, latest: text },
  key: ['sellerId'],
  indexes: [{ on: ['latest', 'sellerId'] }, { on: ['sellerId', 'facts'], where: 'facts > 2' }],
});

export const facts = table({
  name: 'facts',
  columns: { logIndex: integer, sellerId: text, type: text },
  key: ['logIndex'],
});

export function tally({ version = 1, step = 1 } = {}): Projection {
  const count = ({ type, data: { sellerId }, logIndex }: SellerFact, rows: Rows) => {
    rows.append(facts, { type, sellerId, logIndex });
    const before = rows.get(tallies, sellerId);
    rows.put(tallies, { sellerId, facts: (before?.facts ?? 0) + step, latest: type });
  };
  return projection({
    name: 'tally',
    version,
    tables: [tallies, facts],
    on: {
      SellerJoined: count,
      SellerEnrolled: count,
      /** A seller that left has no row. */
      SellerLeft({ type, data: { sellerId }, logIndex }, rows) {
        rows.append(facts, { type, sellerId, logIndex });
        rows.delete(tallies, sellerId);
      },
    },
  });
}
