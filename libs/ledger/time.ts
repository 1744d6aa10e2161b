// Arithmetic on business time and on periods. Nothing here reads a clock: `now` is the one reading
// that came with the command.
import { refuse, type Refusal } from './decider.ts';
import type { Period, Timestamp } from './values.ts';

/** When a configuration fact holds from, and the clock as it was read once for the command. */
export interface Timing {
  readonly occurredAt: Timestamp;
  readonly now: Timestamp;
}

/** A command together with its timing: what every decision on a configuration fact takes. */
export type Timed<C> = C & Timing;

/** How far business time may be ahead of the clock: other people's clocks are not ours. */
const CLOCK_TOLERANCE_SECONDS = 5 * 60;

export const SECONDS_PER_HOUR = 3_600;
export const SECONDS_PER_DAY = 86_400;

export function plusSeconds(at: Timestamp, seconds: number): Timestamp {
  return new Date(Date.parse(at) + seconds * 1_000).toISOString();
}

export const plusDays = (at: Timestamp, days: number) => plusSeconds(at, days * SECONDS_PER_DAY);

export function latest(first: Timestamp, ...others: readonly Timestamp[]): Timestamp {
  return others.reduce((last, at) => (at > last ? at : last), first);
}

/** True when `at` is more than five minutes after the clock. */
export function isAhead(at: Timestamp, now: Timestamp): boolean {
  return at > now && at > plusSeconds(now, CLOCK_TOLERANCE_SECONDS);
}

export type TimeRefusal =
  'occurred_at_must_not_be_ahead_of_the_clock' | 'occurred_at_must_not_precede_last_fact';

/** The one guard on business time; `lastFact` is the last fact of the same kind in the stream. */
export function untimely(
  { occurredAt, now }: Timing,
  lastFact: Timestamp | null,
): Refusal<TimeRefusal> | undefined {
  if (isAhead(occurredAt, now))
    return refuse('occurred_at_must_not_be_ahead_of_the_clock', { occurredAt, now });
  if (lastFact !== null && occurredAt < lastFact)
    return refuse('occurred_at_must_not_precede_last_fact', { occurredAt, lastFact });
  return undefined;
}

/** The first moment of a period; it belongs to it. */
export const startOfPeriod = (period: Period): Timestamp => `${period}-01T00:00:00.000Z`;

/** The first moment after a period; it belongs to the next one. */
export const endOfPeriod = (period: Period): Timestamp => startOfPeriod(nextPeriod(period));

export function nextPeriod(period: Period): Period {
  const [year, month] = [Number(period.slice(0, 4)), Number(period.slice(5))];
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
}
