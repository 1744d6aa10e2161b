// The official activities that were published, with the last moment for applications.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Channel, Id, Timestamp } from '#ledger/values.ts';
import type { ActivityRow } from '#projections/activities/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { LAST, LATEST, type Page, pageOf, pageQuery, readPage, sqlBeside } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const ListActivitiesQuery = z.strictObject({ ...pageQuery });
type ListActivitiesQuery = z.infer<typeof ListActivitiesQuery>;

export const ActivityView = z
  .strictObject({
    activityId: Id,
    name: z.string(),
    channel: Channel,
    applicationClosesAt: Timestamp,
    publishedAt: Timestamp,
  })
  .meta({ id: 'Activity' });
type ActivityView = z.infer<typeof ActivityView>;

const ActivityViewPage = pageOf(ActivityView).meta({ id: 'ActivityPage' });

export class ListActivities extends Query<Page<ActivityView>> {
  constructor(readonly asked: ListActivitiesQuery) {
    super();
  }
}

@Controller('activities')
export class ListActivitiesController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'Official activities', answer: ActivityViewPage })
  list(@Asked({ schema: ListActivitiesQuery }) asked: ListActivitiesQuery) {
    return this.queries.execute(new ListActivities(asked));
  }
}

const LISTING = {
  name: 'activities',
  sql: sqlBeside(import.meta.url, 'list-activities.sql'),
  from: { publishedAt: LATEST, activityId: LAST },
  item: (activity: ActivityRow): ActivityView => activity,
};

@QueryHandler(ListActivities)
export class ListActivitiesHandler implements IQueryHandler<ListActivities> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ asked }: ListActivities): Promise<Page<ActivityView>> {
    return readPage(this.read, LISTING, asked);
  }
}
