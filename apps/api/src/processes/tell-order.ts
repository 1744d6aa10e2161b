// Tells an order's stream one more fact. What was parked when its outcome was stored, and found no
// room in that append, is settled first; a fact that the stream holds already is answered from the
// event that it first became, so that a repeat gets the first answer.
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import type { Decision } from '#ledger/decider.ts';
import { order, type OrderRefusal, type OrderState } from '#ledger/order.ts';
import type { OrderEvent } from '#ledger/order.events.ts';
import { eventRef, orderStream } from '#ledger/streams.ts';
import { untimely } from '#ledger/time.ts';
import { EventRef, ForeignId, Id, Timestamp } from '#ledger/values.ts';
import { type Answer, Refused, Written } from '../http/answer.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import {
  eventOfOrder,
  type OrderDesk,
  PROGRAMME,
  type RulesInForce,
  underRules,
} from './order-desk.ts';
import { settleParkedFacts } from './settle-parked-facts.ts';

export const OrderFactAnswer = z
  .strictObject({
    sellerId: Id,
    orderId: Id,
    outcome: z.enum([
      'confirmed',
      'refunded',
      'refund_refused',
      'refund_cancelled',
      'invalidated',
      'held',
      'released',
      'parked',
    ]),
    /** Of a refund that is stored as refused. */
    reason: z.string().optional(),
    refundId: ForeignId.optional(),
    event: EventRef,
    occurredAt: Timestamp,
    /** What it moved on the payee's account; absent when it moved nothing. */
    moved: SignedMoney.optional(),
  })
  .meta({ id: 'OrderFact' });
export type OrderFactAnswer = z.infer<typeof OrderFactAnswer>;

export type FactEvent = Exclude<OrderEvent, { type: 'OrderAttributed' | 'OrderRejected' }>;

export interface OrderFact {
  readonly sellerId: Id;
  readonly orderId: Id;
  readonly context: CommandContext;
  readonly occurredAt: Timestamp;
  readonly decide: (state: OrderState, rules: RulesInForce) => Decision<FactEvent, OrderRefusal>;
  /** True for what this fact may have become: such an event answers a repeat. */
  readonly isKnownAs: (event: FactEvent) => boolean;
  /** Which one, when there are several. Default: the first. */
  readonly known?: 'first' | 'last';
}

export async function tellOrder(
  { runner, log }: OrderDesk,
  { sellerId, orderId, context, occurredAt, decide, isKnownAs, known }: OrderFact,
): Promise<Answer<OrderFactAnswer>> {
  const ahead = untimely({ occurredAt, now: context.now }, null);
  if (ahead) return new Refused(ahead);
  const stream = orderStream(sellerId, orderId);
  const direction = known === 'last' ? 'backwards' : 'forwards';
  for (;;) {
    const told = await runner.transact({
      decider: order,
      stream,
      related: [PROGRAMME],
      context,
      decide: underRules(decide),
    });
    if (told.outcome !== 'refused') {
      const fits = (event: OrderEvent): event is FactEvent => isFact(event) && isKnownAs(event);
      const event = told.events.find(fits) ?? (await eventOfOrder(log, stream, fits, direction));
      return new Written(factAnswer(event), told.position, told.outcome !== 'stored');
    }
    if (told.refusal.refused !== 'parked_facts_must_be_settled') return new Refused(told.refusal);
    await settleParkedFacts(runner, stream, context);
  }
}

const isFact = (event: OrderEvent): event is FactEvent =>
  event.type !== 'OrderAttributed' && event.type !== 'OrderRejected';

const OUTCOMES = {
  OrderConfirmed: 'confirmed',
  ConfirmationParked: 'parked',
  OrderRefunded: 'refunded',
  RefundRefused: 'refund_refused',
  RefundParked: 'parked',
  RefundCancelled: 'refund_cancelled',
  OrderInvalidated: 'invalidated',
  CommissionHeld: 'held',
  CommissionReleased: 'released',
} as const satisfies Record<FactEvent['type'], OrderFactAnswer['outcome']>;

function factAnswer(
  event: FactEvent & { readonly stream: string; readonly revision: number },
): OrderFactAnswer {
  const { sellerId, orderId, occurredAt } = event.data;
  const movement = 'movement' in event.data ? event.data.movement : undefined;
  return {
    sellerId,
    orderId,
    outcome: OUTCOMES[event.type],
    ...(event.type === 'RefundRefused' && { reason: event.data.reason }),
    ...('refundId' in event.data && { refundId: event.data.refundId }),
    event: eventRef(event.stream, event.revision),
    occurredAt,
    ...(movement && { moved: money(movement.amountMinor, movement.currency) }),
  };
}
