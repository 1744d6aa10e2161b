// Rows of an influencer's tasks: what it applied for and what it submitted.
import {
  integer,
  oneOf,
  oneOfOrNull,
  table,
  text,
  textOrNull,
  type RowOf,
} from '#read-store/projection.ts';
import type { RejectionReason } from '#ledger/application.events.ts';

/**
 * The influencer's tabs: ended when the task (`tasks.status`) is closed; otherwise an approved one
 * is awaiting submission while `submissions` is 0, and submitted after.
 */
export const applications = table({
  name: 'applications',
  columns: {
    influencerId: text,
    taskId: text,
    status: oneOf<'applied' | 'approved' | 'rejected'>(),
    /** Why it was rejected. */
    reason: oneOfOrNull<RejectionReason>(),
    appliedAt: text,
    decidedAt: textOrNull,
    codesRequested: integer,
    submissions: integer,
    lastSubmittedAt: textOrNull,
  },
  key: ['influencerId', 'taskId'],
  indexes: [
    { on: ['influencerId', 'appliedAt', 'taskId'] },
    { on: ['taskId', 'appliedAt', 'influencerId'] },
  ],
});
export type ApplicationRow = RowOf<typeof applications>;

export const submissions = table({
  name: 'submissions',
  columns: { taskId: text, influencerId: text, contentId: text, url: text, submittedAt: text },
  key: ['taskId', 'influencerId', 'contentId'],
});
export type SubmissionRow = RowOf<typeof submissions>;
