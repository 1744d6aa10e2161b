// What stands in every account. It asks of every event, as the journal does.
import { EVENT_TYPES, type EventType } from '#ledger/events.ts';
import { postings } from '#ledger/postings.ts';
import type { Projection } from '#read-store/projection.ts';
import { balances } from './tables.ts';

export const balancesProjection: Projection = {
  name: 'balances',
  version: 1,
  tables: [balances],
  handles: [...EVENT_TYPES] as EventType[],
  evolve(event, rows) {
    for (const { account, currency, amountMinor } of postings(event)) {
      const before = rows.get(balances, account, currency);
      rows.put(balances, {
        account,
        currency,
        balanceMinor: String(BigInt(before?.balanceMinor ?? 0) + amountMinor),
        postings: (before?.postings ?? 0) + 1,
      });
    }
  },
};
