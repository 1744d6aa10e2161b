import fc from 'fast-check';
import { attribute, balancesOf, LINE_IDS, live, time } from './order-lives.ts';
import type { Fact } from './order-lives.ts';

/** Refunds of lines that fit together, some of them cancelled, a confirmation, and the order. */
const factsThatFit = attribute.chain((attributed) => {
  const { lines } = attributed.command.verdict;
  const share = fc.tuple(fc.constantFrom(...LINE_IDS), fc.integer({ min: 1, max: 10 }));
  return fc
    .record({
      shares: fc.array(share, { maxLength: 10 }),
      cancelled: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      confirmedAt: time,
      at: time,
    })
    .map(({ shares, cancelled, confirmedAt, at }) => {
      // A tenth of a line's amount each: ten refunds can never take more than the line paid.
      const refunds = shares.flatMap(([lineId, tenths], index): Fact[] => {
        const paid = BigInt(lines.find((line) => line.lineId === lineId)?.paidMinor ?? '0');
        const amountMinor = String((paid * BigInt(tenths)) / 100n);
        if (amountMinor === '0') return [];
        const request = { kind: 'lines' as const, lines: [{ lineId, amountMinor }] };
        return [{ kind: 'refund', id: String(index), at, request }];
      });
      const cancels = refunds.flatMap((fact, index): Fact[] =>
        fact.kind === 'refund' && cancelled[index] ? [{ kind: 'cancel', id: fact.id, at }] : [],
      );
      const confirmation: Fact = { kind: 'confirm', at: confirmedAt };
      return { attributed, confirmation, refunds, cancels };
    });
});

/** A cancellation comes after its refund: before it, there is nothing to cancel. */
function inOrderOf(facts: readonly Fact[], keys: readonly number[]): readonly Fact[] {
  const shuffled = facts
    .map((fact, index) => ({ fact, key: (keys[index % keys.length]! * (index + 7)) % 101 }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ fact }) => fact);
  const isCancelOf = (fact: Fact, id: string) => fact.kind === 'cancel' && fact.id === id;
  return shuffled.flatMap((fact) => {
    if (fact.kind === 'cancel') return [];
    if (fact.kind !== 'refund') return [fact];
    return [fact, ...shuffled.filter((each) => isCancelOf(each, fact.id))];
  });
}

describe('facts about an order in any order of arrival', () => {
  const keys = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 30, maxLength: 30 });

  it('leave the same balances and the same remaining lines', () => {
    fc.assert(
      fc.property(factsThatFit, keys, keys, (drawn, one, other) => {
        const { attributed, confirmation, refunds, cancels } = drawn;
        // With the order: its own confirmation and hold would decide which one counts.
        const { confirmation: _own, hold: _hold, ...verdict } = attributed.command.verdict;
        const first: Fact = { kind: 'attribute', command: { ...attributed.command, verdict } };
        const facts = [first, confirmation, ...refunds, ...cancels];
        const lives = [one, other].map((by) => live(inOrderOf(facts, by)));
        const [left, right] = lives.map(({ events, state }) => ({
          balances: nonZero(balancesOf(events)),
          lines: 'lines' in state ? Object.fromEntries(state.lines) : null,
          clearsAt: 'clearsAt' in state ? state.clearsAt : null,
        }));
        expect(left?.lines).not.toBeNull();
        expect(left).toEqual(right);
      }),
      { numRuns: 1_000 },
    );
  });
});

const nonZero = (balances: Readonly<Record<string, bigint>>) =>
  Object.fromEntries(Object.entries(balances).filter(([, balance]) => balance !== 0n));
