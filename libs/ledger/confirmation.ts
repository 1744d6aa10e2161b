// Confirming an order: from then on it earns. Early confirmations are parked, late ones refused; an
// order is confirmed once, and the same confirmation again changes nothing.
import { confirmationClearsAt, lastConfirmationAt } from './clearing.ts';
import type { ConfirmationRules } from './clearing.ts';
import { accept, isRefusal, refuse } from './decider.ts';
import type { Decision } from './decider.ts';
import { accountOf, movementOfRemaining } from './movement.ts';
import { openOrder } from './order-refusals.ts';
import type { OrderRefusal } from './order-refusals.ts';
import type { AttributedOrder, OrderState } from './order-state.ts';
import type { ConfirmationParked, OrderConfirmed } from './order.events.ts';
import type { Id, Timestamp } from './values.ts';

export interface ConfirmOrder {
  readonly sellerId: Id;
  readonly orderId: Id;
  /** As the feed gave it; earlier than the payment, it counts from the payment. */
  readonly confirmedAt: Timestamp;
  readonly rules: ConfirmationRules;
}

export function confirmOrder(
  command: ConfirmOrder,
  state: OrderState,
): Decision<OrderConfirmed | ConfirmationParked, OrderRefusal> {
  const { sellerId, orderId, confirmedAt, rules } = command;
  if (isConfirmationKnown(confirmedAt, state)) return accept();
  if (state.status === 'awaited') {
    if (state.parkedConfirmation !== null)
      return refuse('confirmation_must_not_change', { confirmedAt: state.parkedConfirmation });
    const data = { sellerId, orderId, occurredAt: confirmedAt };
    return accept({ type: 'ConfirmationParked', data });
  }
  const order = openOrder(state);
  if (isRefusal(order)) return order;
  if (order.confirmedAt !== null)
    return refuse('confirmation_must_not_change', { confirmedAt: order.confirmedAt });
  const confirmed = judgeConfirmation(confirmedAt, rules, order);
  if (confirmed !== null) return accept(confirmed);
  const { paidAt } = order.verdict;
  const lastMoment = lastConfirmationAt(paidAt, rules.confirmationLimitDays);
  return refuse('confirmation_must_be_within_limit', { paidAt, confirmedAt, lastMoment });
}

/** Repeats are told by the time that was given, in effect or parked. */
function isConfirmationKnown(confirmedAt: Timestamp, state: OrderState): boolean {
  return confirmedAt === confirmedTimeOf(state) || confirmedAt === state.parkedConfirmation;
}

/** The one that counts, or waits to be judged: what a confirmation without a time repeats. */
export const knownConfirmation = (state: OrderState): Timestamp | null =>
  confirmedTimeOf(state) ?? state.parkedConfirmation;

const confirmedTimeOf = (state: OrderState): Timestamp | null =>
  'confirmedAt' in state ? state.confirmedAt : null;

/** Null when the limit is passed; then it is without effect. For orders that are not confirmed. */
export function judgeConfirmation(
  confirmedAt: Timestamp,
  rules: ConfirmationRules,
  order: AttributedOrder,
): OrderConfirmed | null {
  const { sellerId, orderId, paidAt } = order.verdict;
  if (confirmedAt > lastConfirmationAt(paidAt, rules.confirmationLimitDays)) return null;
  const clearsAt = confirmationClearsAt(confirmedAt, paidAt, rules.holdDays);
  const movement = movementOfRemaining(order, accountOf(order), clearsAt);
  const confirmation = { occurredAt: confirmedAt, rulesVersion: rules.version, clearsAt };
  return {
    type: 'OrderConfirmed',
    data: { sellerId, orderId, ...confirmation, ...(movement && { movement }) },
  };
}
