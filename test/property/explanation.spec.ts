import fc from 'fast-check';
import { explainOrder } from '#ledger/explain.ts';
import { stored } from '../support/order-builders.ts';
import { anyLife, balancesOf, commissionOf, live } from './order-lives.ts';

const sum = (amounts: readonly string[]) =>
  amounts.reduce((total, amount) => total + BigInt(amount), 0n);

const explainedLives = anyLife.map((facts) => {
  const { events } = live(facts);
  return { events, explanation: explainOrder(stored(events)) };
});

describe('the explanation of any life of an order', () => {
  it('works out each amount as it was posted, line by line', () => {
    fc.assert(
      fc.property(explainedLives, ({ explanation }) => {
        for (const { movement } of explanation.steps) {
          if (movement === null) continue;
          expect(movement.recomputedMinor).toBe(movement.amountMinor);
          const { lines, fee } = movement;
          const change = fee
            ? BigInt(fee.earnedAfterMinor) - BigInt(fee.earnedBeforeMinor)
            : sum(lines.map(({ changeMinor }) => changeMinor));
          expect(String(change)).toBe(movement.amountMinor);
          for (const earned of lines.flatMap(({ before, after }) => [before, after])) {
            const [whole, decimals] = earned.exactMinor.split('.');
            const rounded = BigInt(whole!) + (decimals! >= '5000' ? 1n : 0n);
            expect(earned.roundedMinor).toBe(String(rounded));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('derives each clearsAt from the latest of its reasons', () => {
    fc.assert(
      fc.property(explainedLives, ({ explanation }) => {
        for (const { clearing, movement } of explanation.steps) {
          const reasons = clearing?.reasons.map(({ at }) => at).toSorted() ?? [];
          expect(clearing?.clearsAt).toBe(reasons.at(-1));
          expect([undefined, clearing?.clearsAt]).toContain(movement?.clearsAt);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ends where the money stands', () => {
    fc.assert(
      fc.property(explainedLives, ({ events, explanation }) => {
        const { balances, attribution } = explanation;
        const told = balances.map(({ account, amountMinor }) => [account, BigInt(amountMinor)]);
        expect(Object.fromEntries(told)).toEqual(balancesOf(events));
        const eligible = attribution!.lines.filter((line) => line.eligible);
        const nets = eligible.map(({ remainingMinor }) => BigInt(remainingMinor));
        const earns = commissionOf(attribution!.verdict.plan, nets);
        expect(attribution!.earnsMinor).toBe(String(earns));
        expect(attribution!.eligibleNetMinor).toBe(String(nets.reduce((a, b) => a + b, 0n)));
        expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
      }),
      { numRuns: 500 },
    );
  });
});
