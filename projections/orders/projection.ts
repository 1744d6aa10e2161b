// What became of each order: its outcome and why, what was paid and remains, what it is estimated
// to earn or has earned, whether it is held; its refunds; and the sums per code and payee.
import type { EventOf, Recorded } from '#ledger/events.ts';
import type { LineAmount } from '#ledger/order.events.ts';
import { projection, type Rows } from '#read-store/projection.ts';
import {
  attributedOrder,
  awaitedOrder,
  rejectedOrder,
  withEarned,
  withLinesChanged,
  withNothingRemaining,
} from './order-row.ts';
import { codeTotals, orders, payeeEstimates, refunds } from './tables.ts';
import type { OrderRow, RefundRow } from './tables.ts';
import { adjustTotals, countUse, uncountUse } from './totals.ts';

export const ordersProjection = projection({
  name: 'orders',
  version: 1,
  tables: [orders, refunds, codeTotals, payeeEstimates],
  on: {
    RedemptionReserved: ({ data }, rows) => countUse(rows, data.verdict),
    RedemptionReleased: ({ data }, rows) => uncountUse(rows, data.codeId),
    OrderAttributed(event, rows) {
      const row = attributedOrder(event);
      rows.put(orders, row);
      adjustTotals(rows, undefined, row);
    },
    OrderRejected: (event, rows) => rows.put(orders, rejectedOrder(event)),
    OrderConfirmed: (event, rows) =>
      changeOrder(rows, event, (row) => {
        const { occurredAt: confirmedAt, clearsAt, movement } = event.data;
        return withEarned({ ...row, confirmedAt, clearsAt, estimatedMinor: '0' }, movement);
      }),
    OrderRefunded(event, rows) {
      const { spread, movement } = event.data;
      putRefund(rows, event, { status: 'applied', amountMinor: total(spread) });
      changeOrder(rows, event, (row) => withEarned(withLinesChanged(row, spread, -1n), movement));
    },
    RefundRefused: (event, rows) =>
      putRefund(rows, event, { status: 'refused', refusedReason: event.data.reason }),
    RefundCancelled(event, rows) {
      const { sellerId, orderId, refundId, restored, movement } = event.data;
      const refund = rows.get(refunds, sellerId, orderId, refundId);
      if (refund !== undefined) rows.put(refunds, { ...refund, status: 'cancelled' });
      changeOrder(rows, event, (row) => withEarned(withLinesChanged(row, restored, 1n), movement));
    },
    OrderInvalidated: (event, rows) =>
      changeOrder(rows, event, (row) => ({
        ...withEarned(withNothingRemaining(row), event.data.movement),
        status: 'invalidated',
        invalidatedReason: event.data.reason,
      })),
    RefundParked(event, rows) {
      putAwaited(rows, event);
      putRefund(rows, event, { status: 'parked' });
    },
    ConfirmationParked: (event, rows) => putAwaited(rows, event),
    CommissionHeld: (event, rows) =>
      changeOrder(rows, event, (row) => ({ ...row, held: 1, heldReason: event.data.reason })),
    CommissionReleased: (event, rows) =>
      changeOrder(rows, event, (row) => ({
        ...row,
        held: 0,
        heldReason: null,
        clearsAt: event.data.movement?.clearsAt ?? row.clearsAt,
      })),
  },
});

interface OfOrder {
  readonly data: { readonly sellerId: string; readonly orderId: string };
}

function changeOrder(rows: Rows, { data }: OfOrder, change: (row: OrderRow) => OrderRow): void {
  const before = rows.get(orders, data.sellerId, data.orderId);
  if (before === undefined) return;
  const after = change(before);
  rows.put(orders, after);
  adjustTotals(rows, before, after);
}

function putAwaited(
  rows: Rows,
  event: EventOf<'RefundParked' | 'ConfirmationParked'> & Recorded,
): void {
  const { sellerId, orderId } = event.data;
  if (rows.get(orders, sellerId, orderId) === undefined) rows.put(orders, awaitedOrder(event));
}

function putRefund(
  rows: Rows,
  event: EventOf<'OrderRefunded' | 'RefundRefused' | 'RefundParked'> & Recorded,
  outcome: Pick<RefundRow, 'status'> & Partial<RefundRow>,
): void {
  const { sellerId, orderId, refundId, currency, occurredAt } = event.data;
  rows.put(refunds, {
    sellerId,
    orderId,
    refundId,
    refusedReason: null,
    currency,
    amountMinor: null,
    occurredAt,
    logIndex: event.logIndex,
    ...outcome,
  });
}

function total(amounts: readonly LineAmount[]): string {
  return amounts.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n).toString();
}
