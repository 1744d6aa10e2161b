// What was so from when to when: half-open intervals [from, to) in order of time, kept in state so
// that an order is judged at the moment it was paid. The guards on business time keep them in
// order.
import type { Timestamp } from './values.ts';

export interface Interval {
  readonly from: Timestamp;
  /** The first moment at which it was no longer so; null while it still is. */
  readonly to: Timestamp | null;
}
export type Intervals = readonly Interval[];

export const NEVER: Intervals = [];

/** It is so from `at` on. Asked again while it is so, nothing changes. */
export function begun(intervals: Intervals, at: Timestamp): Intervals {
  return isOngoing(intervals) ? intervals : [...intervals, { from: at, to: null }];
}

/** It is no longer so from `at` on. Asked again while it is not so, nothing changes. */
export function ended(intervals: Intervals, at: Timestamp): Intervals {
  const last = intervals.at(-1);
  return last?.to === null ? [...intervals.slice(0, -1), { from: last.from, to: at }] : intervals;
}

/** As far as the stream says: begun and not ended, whatever the time. */
export const isOngoing = (intervals: Intervals): boolean => intervals.at(-1)?.to === null;

export const wasSoAt = (intervals: Intervals, at: Timestamp): boolean =>
  intervalAt(intervals, at) !== undefined;

/** The interval that holds `at`. Of several that begin at one moment only the last is not empty. */
export function intervalAt(intervals: Intervals, at: Timestamp): Interval | undefined {
  const interval = intervals.findLast(({ from }) => from <= at);
  return interval && (interval.to === null || at < interval.to) ? interval : undefined;
}

/** When it last began or ended. */
export function lastChange(intervals: Intervals): Timestamp | null {
  const last = intervals.at(-1);
  return last ? (last.to ?? last.from) : null;
}
