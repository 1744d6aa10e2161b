// Stream `application-{task}/{influencer}`: applying for a task, the system's review (rule 7), the
// requests for codes (rule 8) and the content that was submitted (rule 9).
import { z } from 'zod';
import { event } from './decider.ts';
import { EventRef, ForeignId, Id, TaskId, Timestamp } from './values.ts';

const application = { taskId: TaskId, influencerId: Id, occurredAt: Timestamp };

export const TaskApplied = event('TaskApplied', application);
export type TaskApplied = z.infer<typeof TaskApplied>;

export const ApplicationApproved = event('ApplicationApproved', {
  ...application,
  by: z.literal('system'),
  ruleVersion: z.int().min(1),
  judgedOn: z.array(EventRef),
});
export type ApplicationApproved = z.infer<typeof ApplicationApproved>;

export const RejectionReason = z.enum(['deadline_passed', 'influencer_suspended', 'task_closed']);
export type RejectionReason = z.infer<typeof RejectionReason>;

export const ApplicationRejected = event('ApplicationRejected', {
  ...application,
  reason: RejectionReason,
  ruleVersion: z.int().min(1),
  judgedOn: z.array(EventRef),
});
export type ApplicationRejected = z.infer<typeof ApplicationRejected>;

/** The texts follow from the seed: whoever finds an unfinished request issues the same codes. */
export const CodesRequested = event('CodesRequested', {
  ...application,
  requestId: ForeignId,
  count: z.int().min(1).max(1_000),
  /** 128 random bits in hexadecimal, drawn once at the edge. */
  seed: z.string().regex(/^[0-9a-f]{32}$/),
  judgedOn: z.array(EventRef),
});
export type CodesRequested = z.infer<typeof CodesRequested>;

export const ContentSubmitted = event('ContentSubmitted', {
  ...application,
  contentId: ForeignId,
  url: z.url({ protocol: /^https?$/ }).max(2_000),
});
export type ContentSubmitted = z.infer<typeof ContentSubmitted>;

export const ApplicationEvent = z.discriminatedUnion('type', [
  TaskApplied,
  ApplicationApproved,
  ApplicationRejected,
  CodesRequested,
  ContentSubmitted,
]);
export type ApplicationEvent = z.infer<typeof ApplicationEvent>;
