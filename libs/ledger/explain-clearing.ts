// Why a movement may be stated from its clearsAt on: the times that the rule compares (section 4 of
// the design), taken from the order as it was before the event. The latest of them is the answer.
import { refundClearsAt } from './clearing.ts';
import type { AttributedOrder, OrderState } from './order-state.ts';
import type { Movement, OrderConfirmed, OrderEvent } from './order.events.ts';
import { latest, SECONDS_PER_DAY } from './time.ts';
import type { Timestamp } from './values.ts';

interface ClearingReason {
  readonly what:
    | 'hold_days_after_confirmation'
    | 'own_time'
    | 'order_clears_at'
    | 'refund_clears_at'
    | 'hold_and_postings_to_held';
  readonly at: Timestamp;
}

export interface ClearingExplanation {
  readonly clearsAt: Timestamp;
  /** The latest counts. */
  readonly reasons: readonly ClearingReason[];
  /** Of a confirmation: from when the hold days were counted, and how many they are. */
  readonly countedFrom?: Timestamp;
  readonly holdDays?: number;
}

/** Null for an event that moves nothing; a confirmation says when its order clears all the same. */
export function explainClearing(event: OrderEvent, before: OrderState): ClearingExplanation | null {
  if (before.status !== 'attributed') return null;
  switch (event.type) {
    case 'OrderConfirmed':
      return explainConfirmation(event.data, before);
    case 'OrderRefunded':
    case 'OrderInvalidated':
    case 'CommissionHeld':
      return explained(event.data, { what: 'order_clears_at', at: before.clearsAt });
    case 'RefundCancelled': {
      const refund = before.refunds.get(event.data.refundId);
      const at = refund ? refundClearsAt(refund, before.clearsAt) : null;
      return explained(event.data, { what: 'refund_clears_at', at });
    }
    case 'CommissionReleased': {
      const at = before.hold?.clearsAt ?? null;
      return explained(event.data, { what: 'hold_and_postings_to_held', at });
    }
    default:
      return null;
  }
}

function explainConfirmation(
  { occurredAt, clearsAt }: OrderConfirmed['data'],
  { verdict }: AttributedOrder,
): ClearingExplanation {
  const countedFrom = latest(occurredAt, verdict.paidAt);
  const seconds = (Date.parse(clearsAt) - Date.parse(countedFrom)) / 1_000;
  const holdDays = seconds / SECONDS_PER_DAY;
  const reasons = [{ what: 'hold_days_after_confirmation', at: clearsAt }] as const;
  return { clearsAt, reasons, countedFrom, holdDays };
}

interface MovingFact {
  readonly occurredAt: Timestamp;
  readonly movement?: Movement | undefined;
}

function explained(
  { occurredAt, movement }: MovingFact,
  { what, at }: Pick<ClearingReason, 'what'> & { readonly at: Timestamp | null },
): ClearingExplanation | null {
  if (movement === undefined) return null;
  const own: ClearingReason = { what: 'own_time', at: occurredAt };
  return { clearsAt: movement.clearsAt, reasons: at === null ? [own] : [own, { what, at }] };
}
