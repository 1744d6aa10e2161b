// A task's details (rule 13): the promotion rule, the code type, deadlines, status and, for an
// influencer, how its application stands, its own codes and what it submitted.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CodeText, ForeignId, Id, TaskId, Timestamp } from '#ledger/values.ts';
import type { IssuedCodeRow } from '#projections/influencer-codes/tables.ts';
import type { SubmissionRow } from '#projections/influencer-tasks/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { existing, sqlBeside } from '../views/page.ts';
import { TaskView, taskView, type TaskViewRow } from '../views/task-view.ts';
import { READ_STORE } from '../wiring.ts';

export const ShowTaskQuery = z.strictObject({ influencerId: Id.optional() });
type ShowTaskQuery = z.infer<typeof ShowTaskQuery>;

export const TaskDetails = z
  .strictObject({
    ...TaskView.shape,
    ownCodes: z.array(
      z.strictObject({
        text: CodeText,
        status: z.enum(['issued', 'revoked']),
        promoterId: Id.nullable(),
        requestId: ForeignId,
        issuedAt: Timestamp,
      }),
    ),
    content: z.array(
      z.strictObject({ contentId: ForeignId, url: z.string(), submittedAt: Timestamp }),
    ),
  })
  .meta({ id: 'TaskDetails' });
type TaskDetails = z.infer<typeof TaskDetails>;

export class ShowTask extends Query<TaskDetails> {
  constructor(
    readonly taskId: TaskId,
    readonly asked: ShowTaskQuery,
  ) {
    super();
  }
}

@Controller('tasks')
export class ShowTaskController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':taskId', {
    summary: 'A task in detail, with an influencer’s own codes',
    answer: TaskDetails,
  })
  show(
    @Param('taskId', { schema: TaskId }) taskId: TaskId,
    @Asked({ schema: ShowTaskQuery }) asked: ShowTaskQuery,
  ) {
    return this.queries.execute(new ShowTask(taskId, asked));
  }
}

const TASK_SQL = sqlBeside(import.meta.url, 'show-task.sql');
const CODES_SQL = `SELECT text, status, promoterId, requestId, issuedAt FROM issued_codes
  WHERE taskId = :taskId AND (payeeId = :influencerId OR promoterId = :influencerId)
  ORDER BY payeeId, requestId, requestIndex`;
const CONTENT_SQL = `SELECT contentId, url, submittedAt FROM submissions
  WHERE taskId = :taskId AND influencerId = :influencerId ORDER BY submittedAt, contentId`;

type OwnCode = Pick<IssuedCodeRow, 'text' | 'status' | 'promoterId' | 'requestId' | 'issuedAt'>;
type Content = Pick<SubmissionRow, 'contentId' | 'url' | 'submittedAt'>;

@QueryHandler(ShowTask)
export class ShowTaskHandler implements IQueryHandler<ShowTask> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ taskId, asked }: ShowTask): Promise<TaskDetails> {
    const key = { taskId, influencerId: asked.influencerId ?? null };
    return this.read.snapshot(() => ({
      ...taskView(existing(this.read.get<TaskViewRow>(TASK_SQL, key), 'taskId', 'task')),
      ownCodes: [...this.read.all<OwnCode>(CODES_SQL, key)],
      content: [...this.read.all<Content>(CONTENT_SQL, key)],
    }));
  }
}
