// What an influencer earned, entry by entry: in which state, how much, for what, since when, and
// for pending entries when they clear.
import { z } from 'zod';
import { CodeText, EventRef, ForeignId, Id, Period, Timestamp } from '#ledger/values.ts';
import type { EarningRow } from '#projections/earnings/tables.ts';
import type { OrderRow } from '#projections/orders/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';

export const EarningState = z.enum(['estimated', 'pending', 'held', 'payable']);

export const EarningView = z
  .strictObject({
    state: EarningState,
    amount: SignedMoney,
    reason: z.enum([
      'awaiting_confirmation',
      'order_confirmed',
      'order_refunded',
      'refund_cancelled',
      'order_invalidated',
      'commission_held',
      'commission_released',
    ]),
    /** Of an estimate the time of payment. */
    occurredAt: Timestamp,
    /** From when on it may be stated. */
    clearsAt: Timestamp.nullable(),
    /** The period of its statement, once it is payable. */
    statedIn: Period.nullable(),
    sellerId: Id,
    orderId: Id,
    refundId: ForeignId.nullable(),
    codeId: Id.nullable(),
    text: CodeText.nullable(),
    event: EventRef.nullable(),
  })
  .meta({ id: 'Earning' });
export type EarningView = z.infer<typeof EarningView>;

export type StatedRow = EarningRow & { readonly statedIn: string | null };

export function postedEarning(row: StatedRow): EarningView {
  const { reason, occurredAt, clearsAt, statedIn, sellerId, orderId, refundId, codeId } = row;
  const pending = statedIn === null ? 'pending' : 'payable';
  return {
    state: row.account === 'held' ? 'held' : pending,
    amount: money(row.amountMinor, row.currency),
    ...{ reason, occurredAt, clearsAt, sellerId, orderId, refundId, codeId },
    statedIn: row.account === 'held' ? null : statedIn,
    text: row.text,
    event: row.event,
  };
}

export type EstimateRow = Pick<
  OrderRow,
  'sellerId' | 'orderId' | 'codeId' | 'text' | 'currency' | 'paidAt' | 'estimatedMinor'
>;

export function estimatedEarning(row: EstimateRow): EarningView {
  const { sellerId, orderId, codeId, text } = row;
  return {
    state: 'estimated',
    amount: money(row.estimatedMinor, row.currency ?? ''),
    reason: 'awaiting_confirmation',
    occurredAt: row.paidAt ?? '',
    ...{ clearsAt: null, statedIn: null, refundId: null, event: null },
    ...{ sellerId, orderId, codeId, text },
  };
}
