// Rows of a payee's earnings: what a portal shows as pending and held, entry by entry.
import { integer, oneOf, table, text, textOrNull, type RowOf } from '#read-store/projection.ts';

export type EarningReason =
  | 'order_confirmed'
  | 'order_refunded'
  | 'refund_cancelled'
  | 'order_invalidated'
  | 'commission_held'
  | 'commission_released';

/**
 * Each posting on a payee's pending and held accounts, those of statements left out. A pending one
 * is payable once a statement of that payee and currency has cutoffLogIndex > logIndex and its
 * period's end > clearsAt. Estimates are no postings: they are the orders with an estimate.
 */
export const earnings = table({
  name: 'earnings',
  columns: {
    logIndex: integer,
    account: oneOf<'pending' | 'held'>(),
    payeeId: text,
    currency: text,
    amountMinor: text,
    reason: oneOf<EarningReason>(),
    sellerId: text,
    orderId: text,
    /** For a refund and its cancellation. */
    refundId: textOrNull,
    codeId: text,
    text,
    occurredAt: text,
    clearsAt: text,
    /** `stream@revision`. */
    event: text,
  },
  key: ['logIndex', 'account'],
  indexes: [{ on: ['payeeId', 'logIndex', 'account'] }],
});
export type EarningRow = RowOf<typeof earnings>;
