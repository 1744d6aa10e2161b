// One order: its outcome, its lines, its commission and its refunds.
import { Controller, Inject, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { RefundRefused } from '#ledger/order.events.ts';
import { ForeignId, Id, Timestamp } from '#ledger/values.ts';
import type { OrderRow, RefundRow } from '#projections/orders/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import { OrderView, orderView } from '../views/order-view.ts';
import { existing } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

const RefundView = z.strictObject({
  refundId: ForeignId,
  status: z.enum(['parked', 'applied', 'refused', 'cancelled']),
  refusedReason: RefundRefused.shape.data.shape.reason.nullable(),
  /** What it took from all lines; null while it took nothing. */
  amount: SignedMoney.nullable(),
  occurredAt: Timestamp,
});

export const OrderDetails = z
  .strictObject({ ...OrderView.shape, refunds: z.array(RefundView) })
  .meta({ id: 'OrderDetails' });
type OrderDetails = z.infer<typeof OrderDetails>;

export class ShowOrder extends Query<OrderDetails> {
  constructor(
    readonly sellerId: Id,
    readonly orderId: Id,
  ) {
    super();
  }
}

@Controller('orders')
export class ShowOrderController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId/:orderId', { summary: 'An order with its refunds', answer: OrderDetails })
  show(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
  ) {
    return this.queries.execute(new ShowOrder(sellerId, orderId));
  }
}

const ORDER_SQL = 'SELECT * FROM orders WHERE sellerId = :sellerId AND orderId = :orderId';
const REFUNDS_SQL = `SELECT * FROM refunds
  WHERE sellerId = :sellerId AND orderId = :orderId ORDER BY logIndex, refundId`;

@QueryHandler(ShowOrder)
export class ShowOrderHandler implements IQueryHandler<ShowOrder> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ sellerId, orderId }: ShowOrder): Promise<OrderDetails> {
    const key = { sellerId, orderId };
    return this.read.snapshot(() => ({
      ...orderView(existing(this.read.get<OrderRow>(ORDER_SQL, key), 'orderId', 'order')),
      refunds: this.read.all<RefundRow>(REFUNDS_SQL, key).map(refundView),
    }));
  }
}

function refundView({ refundId, status, refusedReason, amountMinor, ...row }: RefundRow) {
  const amount = amountMinor === null ? null : money(amountMinor, row.currency);
  return { refundId, status, refusedReason, amount, occurredAt: row.occurredAt };
}
