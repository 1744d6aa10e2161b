// The task lists (rule 13): all tasks, the "Store Promo Code" tab, and for an influencer what
// awaits submission, what is submitted and what has ended.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Channel, Id } from '#ledger/values.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { LAST, LATEST, type Page, pageOf, pageQuery, readPage, sqlBeside } from '../views/page.ts';
import { TaskView, taskView } from '../views/task-view.ts';
import { READ_STORE } from '../wiring.ts';

const INFLUENCERS_TABS = ['awaiting_submission', 'submitted', 'ended'];

export const ListTasksQuery = z
  .strictObject({
    tab: z
      .enum(['all', 'store_promo_code', 'awaiting_submission', 'submitted', 'ended'])
      .default('all'),
    /** Whose applications are shown; needed for the last three tabs. */
    influencerId: Id.optional(),
    sellerId: Id.optional(),
    channel: Channel.optional(),
    status: z.enum(['open', 'closed']).optional(),
    ...pageQuery,
  })
  .refine(
    ({ tab, influencerId }) => influencerId !== undefined || !INFLUENCERS_TABS.includes(tab),
    {
      message: 'must be given for this tab',
      path: ['influencerId'],
    },
  );
type ListTasksQuery = z.infer<typeof ListTasksQuery>;

const TaskPage = pageOf(TaskView).meta({ id: 'TaskPage' });

export class ListTasks extends Query<Page<TaskView>> {
  constructor(readonly asked: ListTasksQuery) {
    super();
  }
}

@Controller('tasks')
export class ListTasksController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'Tasks, by tab', answer: TaskPage })
  list(@Asked({ schema: ListTasksQuery }) asked: ListTasksQuery) {
    return this.queries.execute(new ListTasks(asked));
  }
}

const ALL_TASKS = {
  name: 'tasks',
  sql: sqlBeside(import.meta.url, 'list-tasks.sql'),
  from: { openedAt: LATEST, taskId: LAST },
  item: taskView,
};

const OWN_TASKS = {
  name: 'own-tasks',
  sql: sqlBeside(import.meta.url, 'list-influencer-tasks.sql'),
  from: { appliedAt: LATEST, taskId: LAST },
  item: taskView,
};

@QueryHandler(ListTasks)
export class ListTasksHandler implements IQueryHandler<ListTasks> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ asked }: ListTasks): Promise<Page<TaskView>> {
    const { influencerId = null, sellerId = null, channel = null, status = null, tab } = asked;
    const filter = { influencerId, sellerId, channel, status };
    if (INFLUENCERS_TABS.includes(tab))
      return readPage(this.read, OWN_TASKS, asked, { ...filter, tab });
    const taskType = tab === 'all' ? null : tab;
    return readPage(this.read, ALL_TASKS, asked, { ...filter, taskType });
  }
}
