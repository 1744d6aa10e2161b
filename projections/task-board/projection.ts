// Which tasks there are, and which of them are open (rule 13).
import { change, projection } from '#read-store/projection.ts';
import { tasks } from './tables.ts';

export const taskBoard = projection({
  name: 'task-board',
  version: 1,
  tables: [tasks],
  on: {
    TaskOpened: ({ data }, rows) =>
      rows.put(tasks, {
        taskId: data.taskId,
        codeId: data.codeId,
        sellerId: data.sellerId,
        channel: data.channel,
        taskType: 'store_promo_code',
        origin: data.origin,
        activityId: data.activityId,
        status: 'open',
        closedReason: null,
        samples: data.samples,
        applicationClosesAt: data.applicationClosesAt,
        submissionClosesAt: data.submissionClosesAt,
        openedAt: data.occurredAt,
        changedAt: data.occurredAt,
      }),
    TaskClosed: ({ data }, rows) =>
      change(rows, tasks, [data.taskId], {
        status: 'closed',
        closedReason: data.reason,
        changedAt: data.occurredAt,
      }),
    TaskReopened: ({ data }, rows) =>
      change(rows, tasks, [data.taskId], {
        status: 'open',
        closedReason: null,
        changedAt: data.occurredAt,
      }),
  },
});
