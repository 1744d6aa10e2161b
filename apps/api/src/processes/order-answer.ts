// What whoever sent an order is told: a function of the event that is its outcome, so that the
// same order again is told the same.
import { z } from 'zod';
import { OrderRejectionReason } from '#ledger/order.events.ts';
import { eventRef } from '#ledger/streams.ts';
import { CodeText, EventRef, Id, Timestamp } from '#ledger/values.ts';
import { Written } from '../http/answer.ts';
import { Money, money } from '../http/schemas.ts';
import type { Settled } from './finish-redemption.ts';

export const OrderAnswer = z
  .strictObject({
    sellerId: Id,
    orderId: Id,
    outcome: z.enum(['attributed', 'rejected']),
    /** Why it was rejected. */
    reason: OrderRejectionReason.optional(),
    code: CodeText.nullable(),
    codeId: Id.nullable(),
    payeeId: Id.optional(),
    /** What the order earns if nothing is refunded: an estimate until it is confirmed. */
    commission: Money.optional(),
    event: EventRef,
    /** The verdict that the outcome copies. */
    reservation: EventRef.optional(),
    occurredAt: Timestamp,
  })
  .meta({ id: 'OrderOutcome' });
export type OrderAnswer = z.infer<typeof OrderAnswer>;

export function answerOf({ event, position, isRepeat }: Settled): Written<OrderAnswer> {
  const ref = eventRef(event.stream, event.revision);
  const { occurredAt } = event.data;
  if (event.type === 'OrderRejected') {
    const { sellerId, orderId, reason, text, codeId } = event.data;
    const answer = { sellerId, orderId, outcome: 'rejected', reason, code: text, codeId } as const;
    return new Written({ ...answer, event: ref, occurredAt }, position, isRepeat);
  }
  const { verdict, reservation } = event.data;
  const { sellerId, orderId, text, codeId, payeeId, commissionMinor, currency } = verdict;
  return new Written(
    {
      ...{ sellerId, orderId, outcome: 'attributed', code: text, codeId, payeeId },
      commission: money(commissionMinor, currency),
      ...{ event: ref, reservation, occurredAt },
    },
    position,
    isRepeat,
  );
}
