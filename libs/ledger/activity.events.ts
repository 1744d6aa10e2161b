// Streams `activity-{id}` and `entry-{activity}/{code}`: official activities and the sellers'
// applications to them (rule 5). An accepted entry opens the code's task in the activity's channel.
import { z } from 'zod';
import { event } from './decider.ts';
import { TaskTerms } from './promo-code.events.ts';
import { Channel, Id, Timestamp } from './values.ts';

export const ActivityPublished = event('ActivityPublished', {
  activityId: Id,
  name: z.string().min(1).max(100),
  channel: Channel,
  /** The last moment at which a seller can apply. */
  applicationClosesAt: Timestamp,
  occurredAt: Timestamp,
});
export type ActivityPublished = z.infer<typeof ActivityPublished>;

const entry = { activityId: Id, codeId: Id, occurredAt: Timestamp };

export const ActivityApplied = event('ActivityApplied', {
  ...entry,
  sellerId: Id,
  channel: Channel,
  terms: TaskTerms,
});
export type ActivityApplied = z.infer<typeof ActivityApplied>;

export const ActivityApplicationAccepted = event('ActivityApplicationAccepted', entry);
export type ActivityApplicationAccepted = z.infer<typeof ActivityApplicationAccepted>;

export const ActivityApplicationDeclined = event('ActivityApplicationDeclined', {
  ...entry,
  reason: z.string().min(1).max(200),
});
export type ActivityApplicationDeclined = z.infer<typeof ActivityApplicationDeclined>;

export const ActivityEvent = ActivityPublished;
export type ActivityEvent = z.infer<typeof ActivityEvent>;

export const EntryEvent = z.discriminatedUnion('type', [
  ActivityApplied,
  ActivityApplicationAccepted,
  ActivityApplicationDeclined,
]);
export type EntryEvent = z.infer<typeof EntryEvent>;
