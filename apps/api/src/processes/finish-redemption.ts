// Finishes a reservation from wherever it was left: attributes the order by its verdict, or, when
// the order's stream names another outcome, gives the use back. Decides nothing; twice changes
// nothing.
import type { CommandContext } from '#ledger/command-context.ts';
import { attributeOrder, hasUnsettledFacts, order } from '#ledger/order.ts';
import type { OrderAttributed, OrderEvent, OrderRejected } from '#ledger/order.events.ts';
import { promoCode } from '#ledger/promo-code.ts';
import type { RedemptionReserved } from '#ledger/promo-code.events.ts';
import { releaseRedemption } from '#ledger/redemptions.ts';
import { eventRef, orderStream, promoCodeStream } from '#ledger/streams.ts';
import type { Position } from '#event-store/port.ts';
import type { EventInStream } from '#event-store/transaction.ts';
import { eventOfOrder, type OrderDesk, PROGRAMME, underRules, withoutKey } from './order-desk.ts';
import { settleParkedFacts } from './settle-parked-facts.ts';

export type OutcomeEvent = OrderAttributed | OrderRejected;

/** The one outcome of an order, as its stream holds it. */
export interface Settled {
  readonly event: EventInStream<OutcomeEvent>;
  readonly position: Position;
  readonly isRepeat: boolean;
}

export const isOutcome = <E extends OrderEvent>(event: E): event is E & OutcomeEvent =>
  event.type === 'OrderAttributed' || event.type === 'OrderRejected';

/**
 * The outcome that the order has after this, which may be another than the reservation's. An order
 * that is presumed new is not read before its outcome is stored.
 */
export async function finishRedemption(
  desk: OrderDesk,
  reserved: EventInStream<RedemptionReserved>,
  context: CommandContext,
  isPresumedNew = false,
): Promise<Settled> {
  const { verdict, occurredAt } = reserved.data;
  const reservation = eventRef(reserved.stream, reserved.revision);
  const stream = orderStream(verdict.sellerId, verdict.orderId);
  const told = await desk.runner.transact({
    decider: order,
    stream,
    related: [PROGRAMME],
    isPresumedNew,
    context: withoutKey(context),
    decide: underRules((state, rules) =>
      attributeOrder({ verdict, reservation, rules, occurredAt }, state),
    ),
  });
  if (told.outcome === 'stored') {
    if (hasUnsettledFacts(told.state)) await settleParkedFacts(desk.runner, stream, context);
    const event = told.events.find(isOutcome);
    if (event) return { event, position: told.position, isRepeat: false };
  }
  if (told.outcome === 'refused' && told.refusal.refused !== 'order_must_not_change')
    throw new Error(`${reservation} cannot be finished: ${told.refusal.refused}`);
  const settled = await settledOutcome(desk, stream);
  const { event } = settled;
  if (event.type === 'OrderRejected' || event.data.reservation !== reservation) {
    await release(desk, reserved, eventRef(stream, event.revision), context);
  }
  return settled;
}

/** What the order's stream holds already. */
export async function settledOutcome(desk: OrderDesk, stream: string): Promise<Settled> {
  const event = await eventOfOrder(desk.log, stream, isOutcome);
  return { event, position: event.position, isRepeat: true };
}

/** Only because the order is settled otherwise; no time that passes releases anything. */
async function release(
  { runner }: OrderDesk,
  reserved: EventInStream<RedemptionReserved>,
  settledBy: string,
  context: CommandContext,
): Promise<void> {
  const { codeId, orderId } = reserved.data.verdict;
  const reservation = eventRef(reserved.stream, reserved.revision);
  const { now } = context;
  const released = await runner.transact({
    decider: promoCode,
    stream: promoCodeStream(codeId),
    context: withoutKey(context),
    decide: (state) => releaseRedemption({ codeId, orderId, reservation, settledBy, now }, state),
  });
  if (released.outcome === 'refused') throw new Error(`${reservation} does not exist`);
}
