// Refunds of an order and their cancellation. A refund id is used once and for ever; a refund that
// does not fit is stored as refused, whole; one for the whole order is spread over what remains.
import { refundClearsAt, withOrderClearsAt } from './clearing.ts';
import { accept, isRefusal, refuse } from './decider.ts';
import type { Decision } from './decider.ts';
import { movementOfLines } from './movement.ts';
import { openOrder } from './order-refusals.ts';
import type { OrderRefusal } from './order-refusals.ts';
import type { AttributedOrder, OrderState } from './order-state.ts';
import type {
  LineAmount,
  OrderRefunded,
  RefundCancelled,
  RefundParked,
  RefundRefused,
  RefundRequest,
} from './order.events.ts';
import { spreadByRemaining } from './spread.ts';
import { latest } from './time.ts';
import type { CurrencyCode, ForeignId, Id, Sha256, Timestamp } from './values.ts';

export interface RefundOrder {
  readonly sellerId: Id;
  readonly orderId: Id;
  readonly refundId: ForeignId;
  /** Of everything that the feed said about the refund: a repeat is told from a change by it. */
  readonly contentHash: Sha256;
  readonly currency: CurrencyCode;
  readonly request: RefundRequest;
  readonly occurredAt: Timestamp;
}

export function refundOrder(
  command: RefundOrder,
  state: OrderState,
): Decision<OrderRefunded | RefundRefused | RefundParked, OrderRefusal> {
  const known = state.refunds.get(command.refundId);
  if (known?.contentHash === command.contentHash) return accept();
  if (known) return refuse('refund_must_not_change', { contentHash: known.contentHash });
  if (isNothing(command.request)) return refuse('refund_must_be_above_zero');
  if (state.status === 'awaited') return park(command, state);
  const order = openOrder(state);
  return isRefusal(order) ? order : accept(judgeRefund(command, order));
}

/** Each of them is judged in one go when the order comes: what waits for it is bounded. */
const MAX_AWAITING_REFUNDS = 1_000;

/** Cancelled ones count too: their ids stay used. */
function park(command: RefundOrder, state: OrderState): Decision<RefundParked, OrderRefusal> {
  if (state.refunds.size >= MAX_AWAITING_REFUNDS)
    return refuse('order_must_be_known', { awaitingRefunds: state.refunds.size });
  return accept({ type: 'RefundParked', data: command });
}

function isNothing(request: RefundRequest): boolean {
  if (request.kind === 'lines')
    return request.lines.every(({ amountMinor }) => amountMinor === '0');
  return request.kind === 'amount' && request.amountMinor === '0';
}

/** What a refund with an unused id does to an attributed order: applied or refused, both stored. */
export function judgeRefund(
  refund: RefundOrder,
  order: AttributedOrder,
): OrderRefunded | RefundRefused {
  const taken = takeFrom(refund, order);
  if ('reason' in taken) return { type: 'RefundRefused', data: { ...refund, ...taken } };
  const clearsAt = withOrderClearsAt(refund.occurredAt, order.clearsAt);
  const movement = movementOfLines(order, taken.spread, -1n, clearsAt);
  return {
    type: 'OrderRefunded',
    data: { ...refund, spread: [...taken.spread], ...(movement && { movement }) },
  };
}

type Taken =
  | { readonly spread: readonly LineAmount[] }
  | Pick<RefundRefused['data'], 'reason' | 'lineId' | 'remainingMinor'>;

function takeFrom({ currency, request }: RefundOrder, order: AttributedOrder): Taken {
  if (currency !== order.verdict.currency)
    return { reason: 'currency_differs', lineId: null, remainingMinor: null };
  if (request.kind === 'lines') return takeFromLines(request.lines, order);
  let remaining = 0n;
  for (const line of order.lines.values()) remaining += line.remaining;
  const amount = request.kind === 'everything' ? remaining : BigInt(request.amountMinor);
  if (amount === 0n || amount > remaining)
    return { reason: 'more_than_remains', lineId: null, remainingMinor: remaining.toString() };
  return { spread: spreadByRemaining(amount, order.lines) };
}

/** A line that is named twice gives the sum; the first fault in the request's order is stored. */
function takeFromLines(lines: readonly LineAmount[], order: AttributedOrder): Taken {
  const wanted = new Map<string, bigint>();
  for (const { lineId, amountMinor } of lines)
    wanted.set(lineId, (wanted.get(lineId) ?? 0n) + BigInt(amountMinor));
  const spread: LineAmount[] = [];
  for (const [lineId, amount] of wanted) {
    const line = order.lines.get(lineId);
    if (!line) return { reason: 'unknown_line', lineId, remainingMinor: null };
    if (amount > line.remaining) {
      const remainingMinor = line.remaining.toString();
      return { reason: 'more_than_remains', lineId, remainingMinor };
    }
    if (amount > 0n) spread.push({ lineId, amountMinor: amount.toString() });
  }
  return { spread };
}

export interface CancelRefund {
  readonly sellerId: Id;
  readonly orderId: Id;
  readonly refundId: ForeignId;
  readonly occurredAt: Timestamp;
}

/** A won chargeback: restores exactly what the refund took, or takes a parked one away. */
export function cancelRefund(
  command: CancelRefund,
  state: OrderState,
): Decision<RefundCancelled, OrderRefusal> {
  const refund = state.refunds.get(command.refundId);
  if (refund?.status === 'cancelled') return accept();
  if (state.status === 'awaited') {
    if (!refund) return refuse('refund_must_be_known');
    return accept({ type: 'RefundCancelled', data: { ...command, restored: [] } });
  }
  const order = openOrder(state);
  if (isRefusal(order)) return order;
  if (!refund) return refuse('refund_must_be_known');
  if (refund.status === 'refused') return refuse('refund_must_not_be_refused');
  const clearsAt = latest(command.occurredAt, refundClearsAt(refund, order.clearsAt));
  const movement = movementOfLines(order, refund.spread, 1n, clearsAt);
  return accept({
    type: 'RefundCancelled',
    data: { ...command, restored: [...refund.spread], ...(movement && { movement }) },
  });
}
