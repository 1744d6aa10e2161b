// The one outcome of an order: attributed by copying a reservation's verdict, or rejected for a
// reason, both final; and its end, when it turns out not to be a sale. Facts that came before the
// order are judged with it, in order of arrival, in the same append as far as they fit.
import { withOrderClearsAt } from './clearing.ts';
import type { ConfirmationRules } from './clearing.ts';
import { judgeConfirmation } from './confirmation.ts';
import { accept, isRefusal, refuse } from './decider.ts';
import type { Accepted, Decider, Decision } from './decider.ts';
import { held } from './hold.ts';
import { movementOfLines } from './movement.ts';
import { openOrder } from './order-refusals.ts';
import type { OrderRefusal } from './order-refusals.ts';
import { awaitedOrder, copyOf, evolve, sizeOf } from './order-state.ts';
import type { AttributedOrder, OrderState, RejectedOrder } from './order-state.ts';
import type { OrderEvent, OrderInvalidated, OrderRejected } from './order.events.ts';
import type { Verdict } from './promo-code.events.ts';
import { judgeRefund } from './refund.ts';
import type { EventRef, Id, Timestamp } from './values.ts';

export type { OrderState } from './order-state.ts';
export type { OrderRefusal } from './order-refusals.ts';

export const order: Decider<OrderState, OrderEvent> = {
  category: 'order',
  foldVersion: 1,
  initial: awaitedOrder,
  evolve,
  sizeOf,
};

// Decisions

export interface AttributeOrder {
  readonly verdict: Verdict;
  /** The RedemptionReserved that holds the verdict. */
  readonly reservation: EventRef;
  readonly rules: ConfirmationRules;
  readonly occurredAt: Timestamp;
}

export function attributeOrder(
  command: AttributeOrder,
  state: OrderState,
): Decision<OrderEvent, OrderRefusal> {
  const { verdict, reservation, rules, occurredAt } = command;
  if ('reservation' in state && state.reservation === reservation) return accept();
  if (state.status !== 'awaited') return refuseOtherOutcome(state);
  const { sellerId, orderId, confirmation, hold } = verdict;
  const draft = draftOf(state);
  add(draft, { type: 'OrderAttributed', data: { verdict, reservation, occurredAt } });
  if (hold !== undefined) add(draft, held({ sellerId, orderId, ...hold, occurredAt }, open(draft)));
  if (confirmation !== undefined) confirm(draft, confirmation.confirmedAt, rules);
  const first = state.parked[0];
  if (first?.kind === 'confirmation') confirm(draft, first.confirmedAt, rules);
  if (state.parked.length > 0) settleInto(draft, rules);
  return accept(...draft.events);
}

export type RejectOrder = OrderRejected['data'];

/** Parked facts of a rejected order stay without effect. */
export function rejectOrder(
  command: RejectOrder,
  state: OrderState,
): Decision<OrderRejected, OrderRefusal> {
  if (state.status === 'rejected' && state.contentHash === command.contentHash) return accept();
  if (state.status !== 'awaited') return refuseOtherOutcome(state);
  return accept({ type: 'OrderRejected', data: command });
}

/** An order has one outcome: the first. */
const refuseOtherOutcome = ({ status, contentHash }: RejectedOrder | AttributedOrder) =>
  refuse('order_must_not_change', { status, contentHash });

export interface InvalidateOrder {
  readonly sellerId: Id;
  readonly orderId: Id;
  readonly reason: string;
  readonly occurredAt: Timestamp;
}

/** Final: sets what remains of every line to zero and reverses what is earned. */
export function invalidateOrder(
  command: InvalidateOrder,
  state: OrderState,
): Decision<OrderInvalidated, OrderRefusal> {
  if (state.status === 'invalidated') return accept();
  const attributed = openOrder(state);
  if (isRefusal(attributed)) return attributed;
  const amounts = [...attributed.lines]
    .filter(([, line]) => line.remaining > 0n)
    .map(([lineId, line]) => ({ lineId, amountMinor: line.remaining.toString() }));
  const clearsAt = withOrderClearsAt(command.occurredAt, attributed.clearsAt);
  const movement = movementOfLines(attributed, amounts, -1n, clearsAt);
  return accept({ type: 'OrderInvalidated', data: { ...command, ...(movement && { movement }) } });
}

export interface SettleParked {
  readonly rules: ConfirmationRules;
}

/** The parked facts that the order's append had no room for; no events when all are settled. */
export function settleParked({ rules }: SettleParked, state: OrderState): Accepted<OrderEvent> {
  if (!hasUnsettledFacts(state)) return accept();
  const draft = draftOf(state);
  settleInto(draft, rules);
  return accept(...draft.events);
}

export const hasUnsettledFacts = (state: OrderState): boolean =>
  state.status === 'attributed' && state.parked.length > 0;

/** Events of one append to be, and the order as they leave it. */
interface Draft {
  readonly events: OrderEvent[];
  state: OrderState;
}

const draftOf = (state: OrderState): Draft => ({ events: [], state: copyOf(state) });

function add(draft: Draft, event: OrderEvent): void {
  draft.events.push(event);
  draft.state = evolve(draft.state, event);
}

function open(draft: Draft): AttributedOrder {
  if (draft.state.status !== 'attributed') throw new Error('only an attributed order is settled');
  return draft.state;
}

/** A confirmation that is too late, or comes second, stays without effect. */
function confirm(draft: Draft, confirmedAt: Timestamp, rules: ConfirmationRules): void {
  const attributed = open(draft);
  if (attributed.confirmedAt !== null) return;
  const confirmed = judgeConfirmation(confirmedAt, rules, attributed);
  if (confirmed !== null) add(draft, confirmed);
}

/** No append is larger than this on any store; an event's envelope takes less than the second. */
const APPEND_BYTES = 900 * 1024;
const ENVELOPE_BYTES = 1024;
const utf8 = new TextEncoder();

/**
 * One event always fits, and so does a refund with the confirmation parked after it: before that,
 * the refund moves nothing. The two are settled together.
 */
function settleInto(draft: Draft, rules: ConfirmationRules): void {
  let bytes = bytesOf(draft.events);
  for (;;) {
    const [first, second] = open(draft).parked;
    if (first?.kind !== 'refund') return;
    const unit: Draft = { events: [], state: draft.state };
    add(unit, judgeRefund(first.refund, open(draft)));
    if (second?.kind === 'confirmation') confirm(unit, second.confirmedAt, rules);
    bytes += bytesOf(unit.events);
    if (bytes > APPEND_BYTES && draft.events.length > 0) return;
    draft.events.push(...unit.events);
    draft.state = unit.state;
  }
}

function bytesOf(events: readonly OrderEvent[]): number {
  let bytes = 0;
  for (const { data } of events)
    bytes += ENVELOPE_BYTES + utf8.encode(JSON.stringify(data)).byteLength;
  return bytes;
}
