import fc from 'fast-check';
import { spreadByRemaining } from '#ledger/spread.ts';

const remainings = fc.array(
  fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 10n ** 15n })),
  { minLength: 1, maxLength: 30 },
);
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

describe('a refund spread over what remains', () => {
  it('adds up exactly, is never more than remains, and within one unit of the exact share', () => {
    fc.assert(
      fc.property(remainings, fc.bigInt({ min: 0n, max: 10n ** 18n }), (remaining, drawn) => {
        const total = sum(remaining);
        if (total === 0n) return;
        const amount = (drawn % total) + 1n;
        const lines = new Map(
          remaining.map((each, index) => [`line ${index}`, { eligible: true, remaining: each }]),
        );
        const spread = new Map(
          spreadByRemaining(amount, lines).map((line) => [line.lineId, BigInt(line.amountMinor)]),
        );
        expect(sum([...spread.values()])).toBe(amount);
        for (const [lineId, line] of lines) {
          const share = spread.get(lineId) ?? 0n;
          expect(share <= line.remaining).toBe(true);
          // |share − amount × remaining / total| < 1, multiplied by the total.
          const distance = share * total - amount * line.remaining;
          expect(distance < total && -distance < total).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(remainings, (remaining) => {
        if (sum(remaining) < 2n) return;
        const lines = remaining.map(
          (each, index) => [`line ${index}`, { eligible: true, remaining: each }] as const,
        );
        const amount = sum(remaining) / 2n;
        const sorted = (entries: typeof lines) =>
          spreadByRemaining(amount, new Map(entries)).toSorted((one, other) =>
            one.lineId < other.lineId ? -1 : 1,
          );
        expect(sorted(lines.toReversed())).toEqual(sorted(lines));
      }),
      { numRuns: 1_000 },
    );
  });
});
