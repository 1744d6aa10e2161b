// Rows of the task board: one per task, listed by age, status, channel, seller or code.
import { oneOf, oneOfOrNull, table, text, textOrNull, type RowOf } from '#read-store/projection.ts';
import type { SampleOffer } from '#ledger/promo-code.events.ts';
import type { TaskClosed, TaskOrigin } from '#ledger/task.events.ts';

/** The code's rules and reward stand in `codes` and `reward_plans`: join on codeId. */
export const tasks = table({
  name: 'tasks',
  columns: {
    taskId: text,
    codeId: text,
    sellerId: text,
    channel: text,
    /** The tab that lists it among all tasks. */
    taskType: oneOf<'store_promo_code'>(),
    origin: oneOf<TaskOrigin>(),
    activityId: textOrNull,
    status: oneOf<'open' | 'closed'>(),
    closedReason: oneOfOrNull<TaskClosed['data']['reason']>(),
    samples: oneOf<SampleOffer>(),
    applicationClosesAt: text,
    submissionClosesAt: textOrNull,
    openedAt: text,
    /** Of the last closing or reopening. */
    changedAt: text,
  },
  key: ['taskId'],
  indexes: [
    { on: ['openedAt', 'taskId'] },
    { on: ['status', 'openedAt', 'taskId'] },
    { on: ['channel', 'openedAt', 'taskId'] },
    { on: ['sellerId', 'openedAt', 'taskId'] },
    { on: ['codeId', 'taskId'] },
  ],
});
export type TaskRow = RowOf<typeof tasks>;
