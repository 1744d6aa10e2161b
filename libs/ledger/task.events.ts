// Stream `task-{code}.{channel}`: one task per code and channel, open exactly while its code can
// be promoted: the switch is on, the code is not closed, the seller has not left.
import { z } from 'zod';
import { event } from './decider.ts';
import { TaskTerms } from './promo-code.events.ts';
import { Channel, Id, TaskId, Timestamp } from './values.ts';

export const TaskOrigin = z.enum(['default_channel', 'joined', 'activity']);
export type TaskOrigin = z.infer<typeof TaskOrigin>;

export const TaskOpened = event('TaskOpened', {
  taskId: TaskId,
  codeId: Id,
  sellerId: Id,
  channel: Channel,
  origin: TaskOrigin,
  activityId: Id.nullable(),
  ...TaskTerms.shape,
  occurredAt: Timestamp,
});
export type TaskOpened = z.infer<typeof TaskOpened>;

export const TaskClosed = event('TaskClosed', {
  taskId: TaskId,
  reason: z.enum(['affiliate_disabled', 'code_closed', 'seller_left']),
  occurredAt: Timestamp,
});
export type TaskClosed = z.infer<typeof TaskClosed>;

export const TaskReopened = event('TaskReopened', { taskId: TaskId, occurredAt: Timestamp });
export type TaskReopened = z.infer<typeof TaskReopened>;

export const TaskEvent = z.discriminatedUnion('type', [TaskOpened, TaskClosed, TaskReopened]);
export type TaskEvent = z.infer<typeof TaskEvent>;
