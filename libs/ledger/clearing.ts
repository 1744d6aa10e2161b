// When a posting may be stated: the clearsAt rules of a commission's life, each with its source in
// the design (section 4), and the last moment at which an order can be confirmed. Reads no clock.
import type { ProgrammeRulesSet } from './programme.events.ts';
import { latest, plusDays } from './time.ts';
import type { Timestamp } from './values.ts';

/** What the programme's rules in force say about confirmations. */
export type ConfirmationRules = Pick<
  ProgrammeRulesSet['data'],
  'version' | 'holdDays' | 'confirmationLimitDays'
>;

/** `holdDays` × 86,400 s after it; a confirmation before the payment counts from the payment. */
export function confirmationClearsAt(
  confirmedAt: Timestamp,
  paidAt: Timestamp,
  holdDays: number,
): Timestamp {
  return plusDays(latest(confirmedAt, paidAt), holdDays);
}

/** The last millisecond of the UTC day that is `limitDays` days after the day of payment. */
export function lastConfirmationAt(paidAt: Timestamp, limitDays: number): Timestamp {
  return `${plusDays(paidAt, limitDays).slice(0, 10)}T23:59:59.999Z`;
}

/** A refund, an invalidation or a hold clears with its order or at its own time, the later. */
export function withOrderClearsAt(occurredAt: Timestamp, orderClearsAt: Timestamp | null) {
  return orderClearsAt === null ? occurredAt : latest(occurredAt, orderClearsAt);
}

/** A refund that came before the confirmation clears with the order that was confirmed later. */
export function refundClearsAt(
  refund: { readonly occurredAt: Timestamp; readonly clearsAt: Timestamp | null },
  orderClearsAt: Timestamp | null,
): Timestamp {
  return refund.clearsAt ?? withOrderClearsAt(refund.occurredAt, orderClearsAt);
}
