import fc from 'fast-check';
import { begun, ended, intervalAt, isOngoing, lastChange, NEVER, wasSoAt } from './interval.ts';

const moment = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();

/** Changes in order of time, some at the same moment; true begins, false ends. */
const changes = fc
  .array(fc.tuple(fc.nat({ max: 30 }), fc.boolean()), { maxLength: 20 })
  .map((list) => list.toSorted(([left], [right]) => left - right));

describe('intervals', () => {
  const march = ended(begun(NEVER, moment(10)), moment(20));

  it('hold their first moment and not their last', () => {
    expect(wasSoAt(march, moment(10))).toBe(true);
    expect(wasSoAt(march, moment(9))).toBe(false);
    expect(wasSoAt(march, moment(19))).toBe(true);
    expect(wasSoAt(march, moment(20))).toBe(false);
  });

  it('begin again at the moment at which they ended', () => {
    const again = begun(march, moment(20));
    expect(wasSoAt(again, moment(20))).toBe(true);
    expect(intervalAt(again, moment(15))).toEqual({ from: moment(10), to: moment(20) });
    expect(lastChange(again)).toBe(moment(20));
  });

  it('are what the last change at or before a moment says, whatever came when', () => {
    fc.assert(
      fc.property(changes, fc.nat({ max: 31 }), (list, n) => {
        const intervals = list.reduce(
          (so, [when, begins]) => (begins ? begun : ended)(so, moment(when)),
          NEVER,
        );
        const last = list.findLast(([when]) => when <= n);
        expect(wasSoAt(intervals, moment(n))).toBe(last?.[1] ?? false);
        expect(isOngoing(intervals)).toBe(list.at(-1)?.[1] ?? false);
      }),
    );
  });
});
