// How a task is answered: what it says, the rules and the reward of its code and, for an
// influencer, how far its own application has come.
import { z } from 'zod';
import { RejectionReason } from '#ledger/application.events.ts';
import { SampleOffer } from '#ledger/promo-code.events.ts';
import { TaskClosed, TaskOrigin } from '#ledger/task.events.ts';
import { Channel, Id, TaskId, Timestamp } from '#ledger/values.ts';
import type { ApplicationRow } from '#projections/influencer-tasks/tables.ts';
import type { TaskRow } from '#projections/task-board/tables.ts';
import {
  CodeRulesView,
  codeRulesView,
  type PlanColumns,
  RewardView,
  rewardView,
  type RulesRow,
} from './code-view.ts';

const ApplicationView = z
  .strictObject({
    status: z.enum(['applied', 'approved', 'rejected']),
    reason: RejectionReason.nullable(),
    appliedAt: Timestamp,
    codesRequested: z.int(),
    submissions: z.int(),
    lastSubmittedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApplicationView' });

export const TaskView = z
  .strictObject({
    taskId: TaskId,
    taskType: z.literal('store_promo_code'),
    channel: Channel,
    origin: TaskOrigin,
    activityId: Id.nullable(),
    status: z.enum(['open', 'closed']),
    closedReason: TaskClosed.shape.data.shape.reason.nullable(),
    samples: SampleOffer,
    applicationClosesAt: Timestamp,
    submissionClosesAt: Timestamp.nullable(),
    openedAt: Timestamp,
    /** The promotion rule, the code type and the window. */
    code: CodeRulesView,
    reward: RewardView.nullable(),
    /** Of the influencer that was asked for; null when it has not applied, or none was named. */
    application: ApplicationView.nullable(),
  })
  .meta({ id: 'TaskView' });
export type TaskView = z.infer<typeof TaskView>;

type Nullable<R> = { readonly [K in keyof R]: R[K] | null };
type ApplicationColumns = Nullable<
  Pick<
    ApplicationRow,
    'appliedAt' | 'reason' | 'codesRequested' | 'submissions' | 'lastSubmittedAt'
  >
> & { readonly applicationStatus: ApplicationRow['status'] | null };

/** What `tasks-with-code.sql` selects. */
export type TaskViewRow = TaskRow & RulesRow & PlanColumns & ApplicationColumns;

export function taskView(row: TaskViewRow): TaskView {
  const { taskId, taskType, channel, origin, activityId, status, closedReason } = row;
  const { samples, applicationClosesAt, submissionClosesAt, openedAt } = row;
  return {
    ...{ taskId, taskType, channel, origin, activityId, status, closedReason },
    ...{ samples, applicationClosesAt, submissionClosesAt, openedAt },
    code: codeRulesView(row),
    reward: rewardView(row, row.currency),
    application: applicationView(row),
  };
}

function applicationView(row: ApplicationColumns): TaskView['application'] {
  const { applicationStatus: status, appliedAt, reason, lastSubmittedAt } = row;
  if (status === null || appliedAt === null) return null;
  const { codesRequested, submissions } = row;
  return {
    ...{ status, reason, appliedAt, lastSubmittedAt },
    codesRequested: codesRequested ?? 0,
    submissions: submissions ?? 0,
  };
}
