// An influencer's earnings in one state, each with its date and its reason: estimated, pending with
// the date it clears, held, payable with the statement it is on.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CurrencyCode, Id } from '#ledger/values.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import {
  EarningState,
  EarningView,
  estimatedEarning,
  postedEarning,
} from '../views/earning-view.ts';
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

export const ListEarningsQuery = z.strictObject({
  state: EarningState,
  currency: CurrencyCode.optional(),
  ...pageQuery,
});
type ListEarningsQuery = z.infer<typeof ListEarningsQuery>;

const EarningPage = pageOf(EarningView).meta({ id: 'EarningPage' });

export class ListEarnings extends Query<Page<EarningView>> {
  constructor(
    readonly influencerId: Id,
    readonly asked: ListEarningsQuery,
  ) {
    super();
  }
}

@Controller('influencers')
export class ListEarningsController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':influencerId/earnings', {
    summary: 'The earnings of an influencer, by state',
    answer: EarningPage,
  })
  list(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Asked({ schema: ListEarningsQuery }) asked: ListEarningsQuery,
  ) {
    return this.queries.execute(new ListEarnings(influencerId, asked));
  }
}

const POSTED = {
  name: 'earnings',
  sql: sqlBeside(import.meta.url, 'list-earnings.sql'),
  from: { logIndex: Number.MAX_SAFE_INTEGER },
  item: postedEarning,
};

const ESTIMATED = {
  name: 'estimates',
  sql: sqlBeside(import.meta.url, 'list-estimated-earnings.sql'),
  from: { paidAt: LATEST, sellerId: LAST, orderId: LAST },
  item: estimatedEarning,
};

const INFLUENCER_SQL = 'SELECT 1 FROM influencers WHERE influencerId = :influencerId';

@QueryHandler(ListEarnings)
export class ListEarningsHandler implements IQueryHandler<ListEarnings> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ influencerId, asked }: ListEarnings): Promise<Page<EarningView>> {
    existing(this.read.get(INFLUENCER_SQL, { influencerId }), 'influencerId', 'influencer');
    const { state, currency = null } = asked;
    return state === 'estimated'
      ? readPage(this.read, ESTIMATED, asked, { influencerId, currency })
      : readPage(this.read, POSTED, asked, { influencerId, currency, state });
  }
}
