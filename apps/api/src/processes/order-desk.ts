// What every step of an order works with, and what they have in common: the rules in force,
// reading back what an order's stream holds, and the context of a command that its own ids
// identify.
import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '#ledger/command-context.ts';
import { type Decision, refuse } from '#ledger/decider.ts';
import type { OrderEvent } from '#ledger/order.events.ts';
import { programme, type ProgrammeState } from '#ledger/programme.ts';
import type { OrderRefusal, OrderState, SettleParked } from '#ledger/order.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import type { EventLogReader, EventStore, StreamEvent } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import type { Loaded } from '#event-store/transaction.ts';
import type { BuyerKeys } from '../buyer-keys.ts';
import { BUYER_KEYS, EVENT_STORE, RUNNER } from '../wiring.ts';
import { NewOrders, type NewStreams } from './new-orders.ts';

@Injectable()
export class OrderDesk {
  constructor(
    @Inject(RUNNER) readonly runner: Runner,
    @Inject(EVENT_STORE) readonly log: EventLogReader & Pick<EventStore, 'isOnlyWriter'>,
    @Inject(BUYER_KEYS) readonly buyerKeys: BuyerKeys,
    @Inject(NewOrders) readonly newOrders: NewStreams,
  ) {}
}

export type RulesInForce = SettleParked['rules'];

export const PROGRAMME = { decider: programme, stream: PROGRAMME_STREAM };

/** A decision on an order that also needs the rules; `related` has to be the programme alone. */
export function underRules<E extends OrderEvent>(
  decide: (state: OrderState, rules: RulesInForce) => Decision<E, OrderRefusal>,
) {
  return (
    state: OrderState,
    [programme]: readonly Loaded<ProgrammeState>[],
  ): Decision<E, OrderRefusal | 'programme_rules_must_be_set'> => {
    if (programme?.state.status !== 'running') return refuse('programme_rules_must_be_set');
    const { version, rules } = programme.state;
    return decide(state, { version, ...rules });
  };
}

/** Orders and the facts about them are recognised by their own ids: no key claims anything. */
export function withoutKey(context: CommandContext): CommandContext {
  if (context.idempotencyKey === undefined) return context;
  const { actor, correlationId, causationId, now } = context;
  return { actor, correlationId, causationId, now };
}

/**
 * The event nearest to the start or the end that fits; the order's state knows that there is
 * one.
 */
export async function eventOfOrder<E extends OrderEvent>(
  log: EventLogReader,
  stream: string,
  fits: (event: OrderEvent) => event is E,
  direction: 'forwards' | 'backwards' = 'forwards',
): Promise<E & StreamEvent> {
  let from: number | undefined;
  for (;;) {
    const read = await log.readStream(stream, { direction, ...(from !== undefined && { from }) });
    const events = read as readonly (OrderEvent & StreamEvent)[];
    for (const event of events) if (fits(event)) return event;
    const last = events.at(-1);
    if (!last) throw new Error(`${stream} lacks what its state knows`);
    from = last.revision + (direction === 'forwards' ? 1 : -1);
  }
}
