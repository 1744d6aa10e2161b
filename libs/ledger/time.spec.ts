import fc from 'fast-check';
import { at, NOW, on, outcomeOf } from '../../test/support/given.ts';
import { accept } from './decider.ts';
import {
  endOfPeriod,
  isAhead,
  latest,
  nextPeriod,
  plusDays,
  startOfPeriod,
  untimely,
} from './time.ts';

const judged = (timing: Parameters<typeof untimely>[0], last: string | null) =>
  outcomeOf(untimely(timing, last) ?? accept());

describe('business time', () => {
  it('may be five minutes ahead of the clock and no millisecond more', () => {
    expect(judged(at('2026-06-01T00:05:00.000Z'), null)).toBe('unchanged');
    expect(judged(at('2026-06-01T00:05:00.001Z'), null)).toBe(
      'occurred_at_must_not_be_ahead_of_the_clock',
    );
    expect(isAhead(NOW, NOW)).toBe(false);
  });

  it('may be that of the last fact of its kind and not before it', () => {
    expect(judged(at(on(5)), on(5))).toBe('unchanged');
    expect(judged(at(on(5, '09:59')), on(5))).toBe('occurred_at_must_not_precede_last_fact');
  });

  it('counts days of 86,400 seconds', () => {
    expect(plusDays('2026-03-28T12:00:00.000Z', 2)).toBe('2026-03-30T12:00:00.000Z');
    expect(latest(on(3), on(9), on(4))).toBe(on(9));
  });
});

describe('periods', () => {
  it('are calendar months that follow one another without a gap', () => {
    const months = fc.record({
      year: fc.integer({ min: 2000, max: 2998 }),
      month: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(months, ({ year, month }) => {
        const period = `${year}-${String(month).padStart(2, '0')}`;
        expect(startOfPeriod(nextPeriod(period))).toBe(endOfPeriod(period));
        const lastMoment = new Date(Date.parse(endOfPeriod(period)) - 1).toISOString();
        expect(lastMoment.slice(0, 7)).toBe(period);
      }),
    );
  });
});
