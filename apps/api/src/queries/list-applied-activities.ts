// The seller's applied activities (rule 5): each application with its decision.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { SampleOffer } from '#ledger/promo-code.events.ts';
import { Channel, Id, Timestamp } from '#ledger/values.ts';
import type { EntryRow } from '#projections/activities/tables.ts';
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

const EntryStatus = z.enum(['applied', 'accepted', 'declined']);

export const ListAppliedActivitiesQuery = z.strictObject({
  status: EntryStatus.optional(),
  ...pageQuery,
});
type ListAppliedActivitiesQuery = z.infer<typeof ListAppliedActivitiesQuery>;

export const EntryView = z
  .strictObject({
    activityId: Id,
    codeId: Id,
    sellerId: Id,
    channel: Channel,
    status: EntryStatus,
    declinedReason: z.string().nullable(),
    samples: SampleOffer,
    applicationClosesAt: Timestamp,
    submissionClosesAt: Timestamp.nullable(),
    appliedAt: Timestamp,
    decidedAt: Timestamp.nullable(),
  })
  .meta({ id: 'AppliedActivity' });
type EntryView = z.infer<typeof EntryView>;

const EntryViewPage = pageOf(EntryView).meta({ id: 'AppliedActivityPage' });

export class ListAppliedActivities extends Query<Page<EntryView>> {
  constructor(
    readonly sellerId: Id,
    readonly asked: ListAppliedActivitiesQuery,
  ) {
    super();
  }
}

@Controller('sellers')
export class ListAppliedActivitiesController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':sellerId/activities', {
    summary: 'The activities that a seller applied to',
    answer: EntryViewPage,
  })
  list(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Asked({ schema: ListAppliedActivitiesQuery }) asked: ListAppliedActivitiesQuery,
  ) {
    return this.queries.execute(new ListAppliedActivities(sellerId, asked));
  }
}

const LISTING = {
  name: 'applied-activities',
  sql: sqlBeside(import.meta.url, 'list-applied-activities.sql'),
  from: { appliedAt: LATEST, activityId: LAST, codeId: LAST },
  item: (entry: EntryRow): EntryView => entry,
};

@QueryHandler(ListAppliedActivities)
export class ListAppliedActivitiesHandler implements IQueryHandler<ListAppliedActivities> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ sellerId, asked }: ListAppliedActivities): Promise<Page<EntryView>> {
    existing(
      this.read.get('SELECT 1 FROM sellers WHERE sellerId = :sellerId', { sellerId }),
      'sellerId',
      'seller',
    );
    return readPage(this.read, LISTING, asked, { sellerId, status: asked.status ?? null });
  }
}
