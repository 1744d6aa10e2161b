import { fixedFee, rate } from '../../test/support/order-builders.ts';
import { earned, PinnedPlan, RewardTerms, roundedQuotient } from './reward.ts';
import { toSignedMinor } from './values.ts';

describe('rounding rule 1', () => {
  it.each([
    [4_999n, 0n],
    [5_000n, 1n],
    [14_999n, 1n],
    [15_000n, 2n],
    [25_000n, 3n],
    [0n, 0n],
    [-4_999n, 0n],
    [-5_000n, -1n],
    [-15_000n, -2n],
    [-25_000n, -3n],
  ])('rounds %s ten-thousandths to %s: half away from zero, then the sign', (exact, rounded) => {
    expect(roundedQuotient(exact, 10_000n)).toBe(rounded);
  });

  it('rounds odd divisors without a tie', () => {
    expect([1n, 2n, 4n, 5n].map((dividend) => roundedQuotient(dividend, 3n))).toEqual([
      0n,
      1n,
      1n,
      2n,
    ]);
  });
});

describe('what an order earns', () => {
  it('rounds a rate once per line, never on the sum', () => {
    expect(earned(rate(1_000), [5n, 5n, 5n])).toBe(3n);
    expect(earned(rate(1_000), [15n])).toBe(2n);
  });

  it('earns the whole net at the highest rate and nothing on nothing', () => {
    expect(earned(rate(10_000), [1n, 10n ** 15n])).toBe(10n ** 15n + 1n);
    expect(earned(rate(1), [])).toBe(0n);
    expect(earned(rate(1), [4_999n])).toBe(0n);
  });

  it('earns a fixed fee while the net is above zero: a free order earns none', () => {
    expect(earned(fixedFee('500'), [0n, 1n])).toBe(500n);
    expect(earned(fixedFee('500'), [0n, 0n])).toBe(0n);
    expect(earned(fixedFee('500'), [])).toBe(0n);
  });
});

describe('terms of a plan', () => {
  it.each([
    { kind: 'rate', rateBps: 0 },
    { kind: 'rate', rateBps: 10_001 },
    { kind: 'rate', rateBps: 12.5 },
    { kind: 'fixed_fee', feeMinor: '0' },
    { kind: 'fixed_fee', feeMinor: '-5' },
    { kind: 'fixed_fee', feeMinor: '1000000000000001' },
    { kind: 'fixed_fee', feeMinor: 500 },
    { kind: 'rate', rateBps: 500, feeMinor: '5' },
  ])('refuses %j', (terms) => {
    expect(RewardTerms.safeParse(terms).success).toBe(false);
  });

  it('knows one rounding rule', () => {
    expect(PinnedPlan.safeParse({ ...rate(500), rounding: 2 }).success).toBe(false);
  });
});

describe('a sum of minor units', () => {
  const edge = 10n ** 38n;

  it('has at most 38 digits: more is a bug and throws', () => {
    expect(toSignedMinor(edge - 1n)).toBe('9'.repeat(38));
    expect(toSignedMinor(1n - edge)).toBe(`-${'9'.repeat(38)}`);
    expect(() => toSignedMinor(edge)).toThrow(RangeError);
    expect(() => toSignedMinor(-edge)).toThrow(RangeError);
  });
});
