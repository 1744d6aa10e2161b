// A seller's codes with their uses, what is left of the limits, attributed sales and the commission
// that it owes: estimated for orders not confirmed yet, owed for confirmed ones.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Id } from '#ledger/values.ts';
import { SellerCodeView, sellerCodeView } from '../views/seller-code-view.ts';
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

export const ListSellerCodesQuery = z.strictObject({ ...pageQuery });
type ListSellerCodesQuery = z.infer<typeof ListSellerCodesQuery>;

const SellerCodeViewPage = pageOf(SellerCodeView).meta({ id: 'SellerCodePage' });

export class ListSellerCodes extends Query<Page<SellerCodeView>> {
  constructor(
    readonly sellerId: Id,
    readonly asked: ListSellerCodesQuery,
  ) {
    super();
  }
}

@Controller('sellers')
export class ListSellerCodesController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId/codes', {
    summary: 'The codes of a seller, with uses and sales',
    answer: SellerCodeViewPage,
  })
  list(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Asked({ schema: ListSellerCodesQuery }) asked: ListSellerCodesQuery,
  ) {
    return this.queries.execute(new ListSellerCodes(sellerId, asked));
  }
}

const LISTING = {
  name: 'seller-codes',
  sql: sqlBeside(import.meta.url, 'list-seller-codes.sql'),
  from: { createdAt: LATEST, codeId: LAST },
  item: sellerCodeView,
};

@QueryHandler(ListSellerCodes)
export class ListSellerCodesHandler implements IQueryHandler<ListSellerCodes> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ sellerId, asked }: ListSellerCodes): Promise<Page<SellerCodeView>> {
    existing(
      this.read.get('SELECT 1 FROM sellers WHERE sellerId = :sellerId', { sellerId }),
      'sellerId',
      'seller',
    );
    return readPage(this.read, LISTING, asked, { sellerId });
  }
}
