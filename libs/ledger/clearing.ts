// When a posting may be stated: the clearsAt rules of a commission's life, each with its source in
// the design (section 4), and the last moment at which an order can be confirmed. Reads no clock.
import type { ProgrammeRulesSet } from './programme.events.ts';
import type { Timestamp } from './values.ts';

const DAY_MS = 86_400_000;

/** What the programme's rules in force say about confirmations. */
export type ConfirmationRules = Pick<
  ProgrammeRulesSet['data'],
  'version' | 'holdDays' | 'confirmationLimitDays'
>;

/** Timestamps are of one length, so that text order is time order. */
export function laterOf(first: Timestamp, ...others: readonly (Timestamp | null)[]): Timestamp {
  let latest = first;
  for (const time of others) if (time !== null && time > latest) latest = time;
  return latest;
}

/** A confirmation clears `holdDays` × 86,400 s after it; one before the payment counts from that. */
export function confirmationClearsAt(
  confirmedAt: Timestamp,
  paidAt: Timestamp,
  holdDays: number,
): Timestamp {
  const from = Date.parse(laterOf(confirmedAt, paidAt));
  return new Date(from + holdDays * DAY_MS).toISOString();
}

/** The last millisecond of the UTC day that is `limitDays` days after the day of payment. */
export function lastConfirmationAt(paidAt: Timestamp, limitDays: number): Timestamp {
  const day = Math.floor(Date.parse(paidAt) / DAY_MS) + limitDays;
  return new Date((day + 1) * DAY_MS - 1).toISOString();
}

/** A refund, an invalidation or a hold clears with its order or at its own time, the later. */
export function withOrderClearsAt(occurredAt: Timestamp, orderClearsAt: Timestamp | null) {
  return laterOf(occurredAt, orderClearsAt);
}

/** A cancellation clears with its refund or at its own time, the later. */
export function cancellationClearsAt(
  occurredAt: Timestamp,
  refundedAt: Timestamp,
  orderClearsAt: Timestamp | null,
): Timestamp {
  return laterOf(occurredAt, withOrderClearsAt(refundedAt, orderClearsAt));
}
