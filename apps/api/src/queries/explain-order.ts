// Why an order's amounts are what they are: its own events told step by step, with the arithmetic,
// the plan and since when it held, when each amount clears, and where the money stands now.
import { Controller, Inject, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { type ExplainedEvent, explainOrder, type OrderExplanation } from '#ledger/explain.ts';
import { orderStream, promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { Read } from '../http/route.ts';
import { existing } from '../views/page.ts';
import { EVENT_STORE } from '../wiring.ts';

/** Its parts follow the events: whoever reads it reads names and values as they come. */
export const OrderExplanationView = z
  .looseObject({
    status: z.enum(['awaited', 'attributed', 'rejected', 'invalidated']),
    rejection: z.looseObject({}).nullable(),
    attribution: z.looseObject({}).nullable(),
    steps: z.array(z.looseObject({ event: z.string(), type: z.string() })),
    parked: z.array(z.looseObject({})),
    balances: z.array(
      z.strictObject({ account: z.string(), currency: z.string(), amountMinor: z.string() }),
    ),
  })
  .meta({ id: 'OrderExplanation' });

export class ExplainOrder extends Query<OrderExplanation> {
  constructor(
    readonly sellerId: Id,
    readonly orderId: Id,
  ) {
    super();
  }
}

@Controller('orders')
export class ExplainOrderController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId/:orderId/explanation', {
    summary: 'Why each amount of an order is what it is',
    answer: OrderExplanationView,
  })
  explain(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
  ) {
    return this.queries.execute(new ExplainOrder(sellerId, orderId));
  }
}

@QueryHandler(ExplainOrder)
export class ExplainOrderHandler implements IQueryHandler<ExplainOrder> {
  constructor(@Inject(EVENT_STORE) private readonly log: EventLogReader) {}

  async execute({ sellerId, orderId }: ExplainOrder): Promise<OrderExplanation> {
    const events = await this.#stream(orderStream(sellerId, orderId));
    existing(events[0], 'orderId', 'order');
    return explainOrder([...(await this.#plansOf(events)), ...events]);
  }

  /** The plan's own event is the one answer to "since when". */
  async #plansOf(events: readonly ExplainedEvent[]): Promise<readonly ExplainedEvent[]> {
    const attributed = events.find((event) => event.type === 'OrderAttributed');
    if (attributed?.type !== 'OrderAttributed') return [];
    const { codeId, plan } = attributed.data.verdict;
    return await this.#planOf(codeId, plan.version);
  }

  /** Plans stand early, redemptions are many: the stream is read only as far as it takes. */
  async #planOf(codeId: Id, version: number): Promise<readonly ExplainedEvent[]> {
    for (let from = 0; ;) {
      const page = await this.#page(promoCodeStream(codeId), from);
      const plan = page.find(
        (event) => event.type === 'RewardPlanChanged' && event.data.version === version,
      );
      if (plan) return [plan];
      if (page.length === 0) return [];
      from += page.length;
    }
  }

  async #stream(stream: string): Promise<readonly ExplainedEvent[]> {
    const events: ExplainedEvent[] = [];
    for (;;) {
      const page = await this.#page(stream, events.length);
      if (page.length === 0) return events;
      events.push(...page);
    }
  }

  async #page(stream: string, from: number): Promise<readonly ExplainedEvent[]> {
    return (await this.log.readStream(stream, { from })) as readonly ExplainedEvent[];
  }
}
