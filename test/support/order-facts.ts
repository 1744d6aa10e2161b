// Facts about the order of `order-builders.ts`, each as a decision that only waits for the state.
import { confirmOrder } from '#ledger/confirmation.ts';
import { holdCommission, releaseCommission } from '#ledger/hold.ts';
import { invalidateOrder, rejectOrder } from '#ledger/order.ts';
import type { OrderState, RejectOrder } from '#ledger/order.ts';
import type { RefundRequest } from '#ledger/order.events.ts';
import { cancelRefund, refundOrder } from '#ledger/refund.ts';
import { hashOf, ids, linesOf, rules } from './order-builders.ts';

export const confirm =
  (confirmedAt = '2026-01-06T00:00:00.000Z', changed = rules) =>
  (state: OrderState) =>
    confirmOrder({ ...ids, confirmedAt, rules: changed }, state);

export interface RefundFact {
  readonly at?: string;
  readonly hash?: string;
  readonly currency?: string;
}

export const refund =
  (refundId: string, request: RefundRequest, fact: RefundFact = {}) =>
  (state: OrderState) =>
    refundOrder(
      {
        ...ids,
        refundId,
        contentHash: fact.hash ?? hashOf('b'),
        currency: fact.currency ?? 'USD',
        request,
        occurredAt: fact.at ?? '2026-01-10T00:00:00.000Z',
      },
      state,
    );

export const ofLines = (amounts: Readonly<Record<string, number | bigint>>): RefundRequest => ({
  kind: 'lines',
  lines: Object.entries(amounts).map(([lineId, amount]) => ({
    lineId,
    amountMinor: String(amount),
  })),
});
export const ofAmount = (amount: number | bigint): RefundRequest => ({
  kind: 'amount',
  amountMinor: String(amount),
});
export const everything: RefundRequest = { kind: 'everything' };

export const cancel =
  (refundId: string, occurredAt = '2026-01-20T00:00:00.000Z') =>
  (state: OrderState) =>
    cancelRefund({ ...ids, refundId, occurredAt }, state);

export const invalidate =
  (occurredAt = '2026-01-21T00:00:00.000Z') =>
  (state: OrderState) =>
    invalidateOrder({ ...ids, reason: 'fraud', occurredAt }, state);

export const hold =
  (occurredAt = '2026-01-07T00:00:00.000Z') =>
  (state: OrderState) =>
    holdCommission({ ...ids, reason: 'under review', by: 'finance:ada', occurredAt }, state);

export const release =
  (occurredAt = '2026-02-07T00:00:00.000Z') =>
  (state: OrderState) =>
    releaseCommission({ ...ids, reason: 'cleared', by: 'finance:ben', occurredAt }, state);

export const reject =
  (changes: Partial<RejectOrder> = {}) =>
  (state: OrderState) =>
    rejectOrder(
      {
        ...ids,
        text: 'ADA10',
        currency: 'USD',
        paidAt: '2026-01-05T10:00:00.000Z',
        lines: linesOf({ a: 10_000 }),
        reason: 'code_paused',
        codeId: 'SPRING',
        contentHash: hashOf('a'),
        judgedOn: [],
        occurredAt: '2026-01-05T10:00:05.000Z',
        ...changes,
      },
      state,
    );
