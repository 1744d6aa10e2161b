// A seller: when it joined, enrolled and left.
import { Controller, Inject, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Id, Timestamp } from '#ledger/values.ts';
import type { SellerRow } from '#projections/sellers/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { existing } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const SellerView = z
  .strictObject({
    sellerId: Id,
    joinedAt: Timestamp.nullable(),
    enrolledAt: Timestamp.nullable(),
    leftAt: Timestamp.nullable(),
  })
  .meta({ id: 'Seller' });
type SellerView = z.infer<typeof SellerView>;

export class ShowSeller extends Query<SellerView> {
  constructor(readonly sellerId: Id) {
    super();
  }
}

@Controller('sellers')
export class ShowSellerController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId', { summary: 'A seller', answer: SellerView })
  show(@Param('sellerId', { schema: Id }) sellerId: Id) {
    return this.queries.execute(new ShowSeller(sellerId));
  }
}

const SELLER_SQL = 'SELECT * FROM sellers WHERE sellerId = :sellerId';

@QueryHandler(ShowSeller)
export class ShowSellerHandler implements IQueryHandler<ShowSeller> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ sellerId }: ShowSeller): Promise<SellerView> {
    return existing(this.read.get<SellerRow>(SELLER_SQL, { sellerId }), 'sellerId', 'seller');
  }
}
