// Rows of orders and their refunds, and what they add up to per code and per payee.
import {
  flag,
  integer,
  oneOf,
  oneOfOrNull,
  table,
  text,
  textOrNull,
  type RowOf,
} from '#read-store/projection.ts';
import type { OrderRejectionReason, RefundRefused } from '#ledger/order.events.ts';

export const orders = table({
  name: 'orders',
  columns: {
    sellerId: text,
    orderId: text,
    /** `awaited`: only parked facts have come so far; then most columns are null. */
    status: oneOf<'awaited' | 'attributed' | 'rejected' | 'invalidated'>(),
    rejectedReason: oneOfOrNull<OrderRejectionReason>(),
    invalidatedReason: textOrNull,
    text: textOrNull,
    codeId: textOrNull,
    taskId: textOrNull,
    payeeId: textOrNull,
    promoterId: textOrNull,
    currency: textOrNull,
    paidAt: textOrNull,
    confirmedAt: textOrNull,
    /** When its confirmed commission may be stated. */
    clearsAt: textOrNull,
    held: flag,
    /** Why it is marked as held. */
    heldReason: textOrNull,
    /** Of all lines, eligible or not. */
    paidMinor: text,
    remainingMinor: text,
    /** What it would earn if confirmed as it is; 0 once it is, or is rejected or invalid. */
    estimatedMinor: text,
    /** What it has earned so far, held or not. */
    earnedMinor: text,
    /** Place of its outcome in the log; of its first parked fact while it is awaited. */
    logIndex: integer,
    /** JSON: the pinned plan, null without attribution. */
    plan: textOrNull,
    /** JSON: `OrderLineState[]`. */
    lines: text,
  },
  key: ['sellerId', 'orderId'],
  indexes: [
    { on: ['sellerId', 'paidAt', 'orderId'] },
    { on: ['payeeId', 'paidAt', 'sellerId', 'orderId'] },
    { on: ['promoterId', 'paidAt', 'sellerId', 'orderId'], where: 'promoterId IS NOT NULL' },
    // Smaller than the payee's other one, and so the one that a list of estimates is read from.
    { on: ['payeeId', 'paidAt', 'sellerId', 'orderId'], where: "estimatedMinor <> '0'" },
  ],
});
export type OrderRow = RowOf<typeof orders>;

/** What is in `orders.lines`. */
export interface OrderLineState {
  readonly lineId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly listMinor: string;
  readonly paidMinor: string;
  readonly remainingMinor: string;
  readonly eligible: boolean;
}

export const refunds = table({
  name: 'refunds',
  columns: {
    sellerId: text,
    orderId: text,
    refundId: text,
    status: oneOf<'parked' | 'applied' | 'refused' | 'cancelled'>(),
    refusedReason: oneOfOrNull<RefundRefused['data']['reason']>(),
    currency: text,
    /** What it took from all lines; null while it took nothing. */
    amountMinor: textOrNull,
    occurredAt: text,
    logIndex: integer,
  },
  key: ['sellerId', 'orderId', 'refundId'],
});
export type RefundRow = RowOf<typeof refunds>;

/** Per code: what a seller's list of codes shows beside the rules. */
export const codeTotals = table({
  name: 'code_totals',
  columns: {
    codeId: text,
    sellerId: text,
    currency: text,
    /** What counts against the total limit: reservations less those released. */
    uses: integer,
    attributedOrders: integer,
    /** Of all lines of attributed orders, before and after refunds. */
    salesMinor: text,
    remainingMinor: text,
    estimatedMinor: text,
    /** Commission owed for confirmed orders, statements and payouts left aside. */
    earnedMinor: text,
  },
  key: ['codeId'],
});
export type CodeTotalsRow = RowOf<typeof codeTotals>;

/** Per payee: the estimated figure. The posted states' sums stand in `balances`. */
export const payeeEstimates = table({
  name: 'payee_estimates',
  columns: { payeeId: text, currency: text, orders: integer, estimatedMinor: text },
  key: ['payeeId', 'currency'],
});
export type PayeeEstimateRow = RowOf<typeof payeeEstimates>;
