// How an order is answered: its outcome, what was sold, and what its commission is and when it
// clears. Amounts are in the order's one currency.
import { z } from 'zod';
import { OrderRejectionReason } from '#ledger/order.events.ts';
import { CodeText, ForeignId, Id, TaskId, Timestamp } from '#ledger/values.ts';
import type { OrderLineState, OrderRow } from '#projections/orders/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';

export const OrderStatus = z.enum(['awaited', 'attributed', 'rejected', 'invalidated']);

const OrderLineView = z
  .strictObject({
    lineId: ForeignId,
    productId: ForeignId,
    quantity: z.int(),
    eligible: z.boolean(),
    list: SignedMoney,
    paid: SignedMoney,
    remaining: SignedMoney,
  })
  .meta({ id: 'OrderLineView' });

export const OrderView = z
  .strictObject({
    sellerId: Id,
    orderId: Id,
    /** `awaited`: facts about it have come, the order itself has not. */
    status: OrderStatus,
    rejectedReason: OrderRejectionReason.nullable(),
    invalidatedReason: z.string().nullable(),
    text: CodeText.nullable(),
    codeId: Id.nullable(),
    taskId: TaskId.nullable(),
    payeeId: Id.nullable(),
    promoterId: Id.nullable(),
    paidAt: Timestamp.nullable(),
    confirmedAt: Timestamp.nullable(),
    clearsAt: Timestamp.nullable(),
    held: z.boolean(),
    heldReason: z.string().nullable(),
    paid: SignedMoney.nullable(),
    remaining: SignedMoney.nullable(),
    /** What it would earn if it were confirmed as it is. */
    estimated: SignedMoney.nullable(),
    /** What it has earned, held or not. */
    earned: SignedMoney.nullable(),
    lines: z.array(OrderLineView),
  })
  .meta({ id: 'OrderView' });
export type OrderView = z.infer<typeof OrderView>;

export function orderView(row: OrderRow): OrderView {
  const { sellerId, orderId, status, rejectedReason, invalidatedReason, text, codeId } = row;
  const { taskId, payeeId, promoterId, paidAt, confirmedAt, clearsAt, heldReason } = row;
  const { currency } = row;
  const amount = (minor: string) => (currency === null ? null : money(minor, currency));
  return {
    ...{ sellerId, orderId, status, rejectedReason, invalidatedReason, text, codeId },
    ...{ taskId, payeeId, promoterId, paidAt, confirmedAt, clearsAt, heldReason },
    held: row.held === 1,
    paid: amount(row.paidMinor),
    remaining: amount(row.remainingMinor),
    estimated: amount(row.estimatedMinor),
    earned: amount(row.earnedMinor),
    lines: currency === null ? [] : linesOf(row.lines, currency),
  };
}

function linesOf(lines: string, currency: string): OrderView['lines'] {
  return (JSON.parse(lines) as OrderLineState[]).map(
    ({ listMinor, paidMinor, remainingMinor, ...line }) => ({
      ...line,
      list: money(listMinor, currency),
      paid: money(paidMinor, currency),
      remaining: money(remainingMinor, currency),
    }),
  );
}
