import { spreadByRemaining } from './spread.ts';

const linesOf = (remaining: Readonly<Record<string, number>>) =>
  new Map(
    Object.entries(remaining).map(([lineId, amount]) => [
      lineId,
      { eligible: true, remaining: BigInt(amount) },
    ]),
  );
const spread = (amount: number, remaining: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    spreadByRemaining(BigInt(amount), linesOf(remaining)).map((line) => [
      line.lineId,
      Number(line.amountMinor),
    ]),
  );

describe('spreading a refund over what remains', () => {
  it.each([
    ['in proportion', 300, { a: 1_000, b: 2_000 }, { a: 100, b: 200 }],
    ['to the largest remainder first', 10, { a: 1, b: 1, c: 7, d: 4 }, { a: 1, b: 1, c: 5, d: 3 }],
    ['on a tie to the smaller line id', 2, { z: 1, b: 1, a: 1 }, { b: 1, a: 1 }],
    ['on a tie by code units, not by locale', 1, { a: 1, B: 1 }, { B: 1 }],
    ['nothing to a line without remainder', 5, { a: 0, b: 9 }, { b: 5 }],
    ['everything', 3_001, { a: 1, b: 3_000 }, { a: 1, b: 3_000 }],
  ])('gives %s', (_, amount, remaining, expected) => {
    expect(spread(amount, remaining)).toEqual(expected);
  });
});
