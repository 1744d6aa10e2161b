// Why a fact about an order is answered with no: the closed set that every order decision keeps to.
// Each code says what must hold. What the order's own stream stores as refused is not in here.
import { refuse } from './decider.ts';
import type { Refusal } from './decider.ts';
import type { AttributedOrder, OrderState } from './order-state.ts';
import type { TimeRefusal } from './time.ts';

export type OrderRefusal =
  | 'order_must_not_change'
  | 'order_must_be_known'
  | 'order_must_be_attributed'
  | 'order_must_not_be_invalidated'
  | 'parked_facts_must_be_settled'
  | 'confirmation_must_not_change'
  | 'confirmation_must_be_within_limit'
  | 'refund_must_not_change'
  | 'refund_must_be_above_zero'
  | 'refund_must_be_known'
  | 'refund_must_not_be_refused'
  | 'commission_must_be_held'
  | Extract<TimeRefusal, 'occurred_at_must_not_precede_last_fact'>;

/**
 * An order that takes a new fact: attributed, not invalidated, nothing parked left to judge. Any
 * other is answered, in this precedence. `parked_facts_must_be_settled` never reaches a caller:
 * whoever runs the decision settles first and decides again.
 */
export function openOrder(state: OrderState): AttributedOrder | Refusal<OrderRefusal> {
  if (state.status === 'awaited') return refuse('order_must_be_known');
  if (state.status === 'rejected')
    return refuse('order_must_be_attributed', { rejectedFor: state.reason });
  if (state.status === 'invalidated') return refuse('order_must_not_be_invalidated');
  if (state.parked.length > 0)
    return refuse('parked_facts_must_be_settled', { parked: state.parked.length });
  return state;
}
