// Orders that an influencer's codes brought, rejected ones left aside, with what they earn and why.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Id } from '#ledger/values.ts';
import { OrderStatus, OrderView, orderView } from '../views/order-view.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import {
  existing,
  LAST,
  LATEST,
  type Page,
  pageOf,
  pageQuery,
  readPage,
  sqlBeside,
} from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const ListInfluencerOrdersQuery = z.strictObject({
  status: OrderStatus.optional(),
  codeId: Id.optional(),
  ...pageQuery,
});
type ListInfluencerOrdersQuery = z.infer<typeof ListInfluencerOrdersQuery>;

const OrderViewPage = pageOf(OrderView).meta({ id: 'InfluencerOrderPage' });

export class ListInfluencerOrders extends Query<Page<OrderView>> {
  constructor(
    readonly influencerId: Id,
    readonly asked: ListInfluencerOrdersQuery,
  ) {
    super();
  }
}

@Controller('influencers')
export class ListInfluencerOrdersController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':influencerId/orders', { summary: 'The orders of an influencer', answer: OrderViewPage })
  list(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Asked({ schema: ListInfluencerOrdersQuery }) asked: ListInfluencerOrdersQuery,
  ) {
    return this.queries.execute(new ListInfluencerOrders(influencerId, asked));
  }
}

const LISTING = {
  name: 'influencer-orders',
  sql: sqlBeside(import.meta.url, 'list-influencer-orders.sql'),
  from: { paidAt: LATEST, sellerId: LAST, orderId: LAST },
  item: orderView,
};

@QueryHandler(ListInfluencerOrders)
export class ListInfluencerOrdersHandler implements IQueryHandler<ListInfluencerOrders> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ influencerId, asked }: ListInfluencerOrders): Promise<Page<OrderView>> {
    existing(
      this.read.get('SELECT 1 FROM influencers WHERE influencerId = :influencerId', {
        influencerId,
      }),
      'influencerId',
      'influencer',
    );
    return readPage(this.read, LISTING, asked, {
      influencerId,
      status: asked.status ?? null,
      codeId: asked.codeId ?? null,
    });
  }
}
