// A seller's orders with their outcome, sales and commission.
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

export const ListSellerOrdersQuery = z.strictObject({
  status: OrderStatus.optional(),
  codeId: Id.optional(),
  ...pageQuery,
});
type ListSellerOrdersQuery = z.infer<typeof ListSellerOrdersQuery>;

const OrderViewPage = pageOf(OrderView).meta({ id: 'SellerOrderPage' });

export class ListSellerOrders extends Query<Page<OrderView>> {
  constructor(
    readonly sellerId: Id,
    readonly asked: ListSellerOrdersQuery,
  ) {
    super();
  }
}

@Controller('sellers')
export class ListSellerOrdersController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId/orders', { summary: 'The orders of a seller', answer: OrderViewPage })
  list(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Asked({ schema: ListSellerOrdersQuery }) asked: ListSellerOrdersQuery,
  ) {
    return this.queries.execute(new ListSellerOrders(sellerId, asked));
  }
}

const LISTING = {
  name: 'seller-orders',
  sql: sqlBeside(import.meta.url, 'list-seller-orders.sql'),
  from: { paidAt: LATEST, orderId: LAST },
  item: orderView,
};

@QueryHandler(ListSellerOrders)
export class ListSellerOrdersHandler implements IQueryHandler<ListSellerOrders> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ sellerId, asked }: ListSellerOrders): Promise<Page<OrderView>> {
    existing(
      this.read.get('SELECT 1 FROM sellers WHERE sellerId = :sellerId', { sellerId }),
      'sellerId',
      'seller',
    );
    return readPage(this.read, LISTING, asked, {
      sellerId,
      status: asked.status ?? null,
      codeId: asked.codeId ?? null,
    });
  }
}
