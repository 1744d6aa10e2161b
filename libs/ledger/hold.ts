// Holding an order's commission and releasing it. A hold marks the order and moves what it has in
// pending; a release moves what is left in held. Held already, or released already: no events.
import { withOrderClearsAt } from './clearing.ts';
import { accept, isRefusal, refuse } from './decider.ts';
import type { Decision, Refusal } from './decider.ts';
import { movementOfRemaining } from './movement.ts';
import { openOrder } from './order-refusals.ts';
import type { OrderRefusal } from './order-refusals.ts';
import type { AttributedOrder, OrderState } from './order-state.ts';
import type { CommissionHeld, CommissionReleased, Movement } from './order.events.ts';
import { latest } from './time.ts';
import type { Id, Timestamp } from './values.ts';

export interface HoldCommission {
  readonly sellerId: Id;
  readonly orderId: Id;
  readonly reason: string;
  /** The named person or rule. */
  readonly by: string;
  readonly occurredAt: Timestamp;
}
export type ReleaseCommission = HoldCommission;

export function holdCommission(
  command: HoldCommission,
  state: OrderState,
): Decision<CommissionHeld, OrderRefusal> {
  if ('hold' in state && state.hold !== null) return accept();
  const order = openOrder(state);
  if (isRefusal(order)) return order;
  return refuseEarlier(command.occurredAt, order) ?? accept(held(command, order));
}

/** Before a confirmation there is nothing to move: the hold only marks the order. */
export function held(command: HoldCommission, order: AttributedOrder): CommissionHeld {
  const clearsAt = withOrderClearsAt(command.occurredAt, order.clearsAt);
  const movement = carriedOver(order, 'held', clearsAt);
  return { type: 'CommissionHeld', data: { ...command, ...(movement && { movement }) } };
}

export function releaseCommission(
  command: ReleaseCommission,
  state: OrderState,
): Decision<CommissionReleased, OrderRefusal> {
  if ('hold' in state && state.hold === null && state.holdChangedAt !== null) return accept();
  const order = openOrder(state);
  if (isRefusal(order)) return order;
  if (order.hold === null) return refuse('commission_must_be_held');
  const earlier = refuseEarlier(command.occurredAt, order);
  if (earlier) return earlier;
  const movement = carriedOver(order, 'pending', latest(command.occurredAt, order.hold.clearsAt));
  return accept({
    type: 'CommissionReleased',
    data: { ...command, ...(movement && { movement }) },
  });
}

/** All that is earned on what remains; nothing is earned before a confirmation. */
function carriedOver(
  order: AttributedOrder,
  to: Movement['account'],
  clearsAt: Timestamp,
): Movement | undefined {
  return order.confirmedAt === null ? undefined : movementOfRemaining(order, to, clearsAt);
}

function refuseEarlier(
  occurredAt: Timestamp,
  { holdChangedAt }: AttributedOrder,
): Refusal<OrderRefusal> | undefined {
  if (holdChangedAt === null || occurredAt >= holdChangedAt) return undefined;
  return refuse('occurred_at_must_not_precede_last_fact', {
    occurredAt,
    lastFact: holdChangedAt,
  });
}
