import fc from 'fast-check';
import { attribute, balancesOf, LINE_IDS, live, time } from './order-lives.ts';
import type { Fact } from './order-lives.ts';

/** Refunds of lines that fit together, some of them cancelled, a confirmation, and the order. */
const factsThatFit = attribute.chain(({ command }) => {
  const { lines } = command.verdict;
  const share = fc.tuple(fc.constantFrom(...LINE_IDS), fc.bigInt({ min: 1n, max: 10n }));
  return fc
    .record({
      shares: fc.array(share, { maxLength: 10 }),
      cancelled: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      confirmedAt: time,
      at: time,
    })
    .map(({ shares, cancelled, confirmedAt, at }): readonly Fact[] => {
      // At most a tenth of a line each: ten refunds can never take more than the line paid.
      const refunds = shares.flatMap(([lineId, share], index): Fact[] => {
        const paid = BigInt(lines.find((line) => line.lineId === lineId)?.paidMinor ?? '0');
        const amountMinor = String((paid * share) / 100n);
        if (amountMinor === '0') return [];
        const request = { kind: 'lines' as const, lines: [{ lineId, amountMinor }] };
        return [{ kind: 'refund', id: String(index), at, request }];
      });
      const cancels = refunds.flatMap((fact, index): Fact[] =>
        fact.kind === 'refund' && cancelled[index] ? [{ kind: 'cancel', id: fact.id, at }] : [],
      );
      // The confirmation and the hold of the order itself would decide when it came.
      const { confirmation: _own, hold: _hold, ...verdict } = command.verdict;
      const attributed: Fact = { kind: 'attribute', command: { ...command, verdict } };
      return [attributed, { kind: 'confirm', at: confirmedAt }, ...refunds, ...cancels];
    });
});

const twoOrders = factsThatFit.chain((facts) => {
  const anyOrder = fc.shuffledSubarray([...facts], { minLength: facts.length }).map(possible);
  return fc.tuple(anyOrder, anyOrder);
});

/** Before its refund there is nothing to cancel: the two change places. */
function possible(facts: readonly Fact[]): readonly Fact[] {
  const placed = [...facts];
  for (const [place, fact] of placed.entries()) {
    if (fact.kind !== 'cancel') continue;
    const after = placed.findIndex((each) => each.kind === 'refund' && each.id === fact.id);
    if (after < place) continue;
    placed[place] = placed[after]!;
    placed[after] = fact;
  }
  return placed;
}

describe('facts about an order in any order of arrival', () => {
  it('leave the same balances, the same remaining lines and the same time to clear', () => {
    fc.assert(
      fc.property(twoOrders, (orders) => {
        const [one, other] = orders.map((facts) => {
          const { events, state } = live(facts);
          if (!('lines' in state)) throw new Error('the order was not attributed');
          const balances = Object.entries(balancesOf(events)).filter(([, minor]) => minor !== 0n);
          return {
            balances: Object.fromEntries(balances),
            lines: Object.fromEntries(state.lines),
            clearsAt: state.clearsAt,
            refunds: [...state.refunds].map(([id, { status }]) => `${id} ${status}`).toSorted(),
          };
        });
        expect(one).toEqual(other);
      }),
      { numRuns: 1_000 },
    );
  });
});
