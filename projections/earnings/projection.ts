// What a payee earned, lost and had held, posting by posting, each with its order and its reason.
import type { Recorded } from '#ledger/events.ts';
import type { Movement, OrderEvent } from '#ledger/order.events.ts';
import { payeeAccount, postings } from '#ledger/postings.ts';
import { eventRef } from '#ledger/streams.ts';
import { projection, type Rows } from '#read-store/projection.ts';
import { earnings, type EarningReason } from './tables.ts';

type Moving = Extract<OrderEvent, { data: { movement?: Movement | undefined } }> & Recorded;

export const earningsProjection = projection({
  name: 'earnings',
  version: 1,
  tables: [earnings],
  on: {
    OrderConfirmed: (event, rows) => put(rows, event, 'order_confirmed'),
    OrderRefunded: (event, rows) => put(rows, event, 'order_refunded'),
    RefundCancelled: (event, rows) => put(rows, event, 'refund_cancelled'),
    OrderInvalidated: (event, rows) => put(rows, event, 'order_invalidated'),
    CommissionHeld: (event, rows) => put(rows, event, 'commission_held'),
    CommissionReleased: (event, rows) => put(rows, event, 'commission_released'),
  },
});

function put(rows: Rows, event: Moving, reason: EarningReason): void {
  const { movement } = event.data;
  if (movement === undefined) return;
  const posted = postings(event);
  for (const account of ['pending', 'held'] as const) {
    const name = payeeAccount(movement.payeeId, account);
    const posting = posted.find((one) => one.account === name);
    if (posting === undefined) continue;
    rows.append(earnings, {
      logIndex: event.logIndex,
      account,
      payeeId: movement.payeeId,
      currency: posting.currency,
      amountMinor: String(posting.amountMinor),
      reason,
      sellerId: movement.sellerId,
      orderId: event.data.orderId,
      refundId: 'refundId' in event.data ? event.data.refundId : null,
      codeId: movement.codeId,
      text: movement.text,
      occurredAt: event.data.occurredAt,
      clearsAt: movement.clearsAt,
      event: eventRef(event.stream, event.revision),
    });
  }
}
