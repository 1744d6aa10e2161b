// Which tasks an influencer applied for, how the system decided, what was submitted (rules 7, 9).
import { change, projection } from '#read-store/projection.ts';
import { applications, submissions } from './tables.ts';

export const influencerTasks = projection({
  name: 'influencer-tasks',
  version: 1,
  tables: [applications, submissions],
  on: {
    /** Applying again after a rejection is judged anew; what was submitted before stays. */
    TaskApplied({ data }, rows) {
      const { influencerId, taskId, occurredAt } = data;
      const before = rows.get(applications, influencerId, taskId);
      rows.put(applications, {
        influencerId,
        taskId,
        status: 'applied',
        reason: null,
        appliedAt: occurredAt,
        decidedAt: null,
        codesRequested: before?.codesRequested ?? 0,
        submissions: before?.submissions ?? 0,
        lastSubmittedAt: before?.lastSubmittedAt ?? null,
      });
    },
    ApplicationApproved: ({ data }, rows) =>
      change(rows, applications, [data.influencerId, data.taskId], {
        status: 'approved',
        reason: null,
        decidedAt: data.occurredAt,
      }),
    ApplicationRejected: ({ data }, rows) =>
      change(rows, applications, [data.influencerId, data.taskId], {
        status: 'rejected',
        reason: data.reason,
        decidedAt: data.occurredAt,
      }),
    CodesRequested({ data }, rows) {
      const row = rows.get(applications, data.influencerId, data.taskId);
      if (row === undefined) return;
      rows.put(applications, { ...row, codesRequested: row.codesRequested + data.count });
    },
    ContentSubmitted({ data }, rows) {
      const { taskId, influencerId, contentId, url, occurredAt } = data;
      rows.put(submissions, { taskId, influencerId, contentId, url, submittedAt: occurredAt });
      const row = rows.get(applications, influencerId, taskId);
      if (row === undefined) return;
      rows.put(applications, {
        ...row,
        submissions: row.submissions + 1,
        lastSubmittedAt: occurredAt,
      });
    },
  },
});
