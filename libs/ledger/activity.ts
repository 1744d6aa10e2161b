// Deciders of `activity-{id}` and `entry-{activity}/{code}` (rule 5): an official activity is
// published, sellers apply with a code, and an accepted application wants the code's task in the
// activity's channel. Declined ones may be tried again and are judged anew.
import { z } from 'zod';
import { ActivityPublished, type ActivityEvent, type EntryEvent } from './activity.events.ts';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { isOngoing } from './interval.ts';
import type { TaskTerms } from './promo-code.events.ts';
import type { PromoCodeState } from './promo-code.ts';
import { isEnrolledAt, type SellerState } from './seller.ts';
import { taskIdOf } from './streams.ts';
import { GivenTerms, termsOf, type WantedTask } from './task.ts';
import { untimely, type Timed, type TimeRefusal } from './time.ts';
import { Id, type Channel, type Timestamp } from './values.ts';

// State

export type ActivityState =
  | { readonly status: 'absent' }
  | { readonly status: 'published'; readonly activity: ActivityEvent['data'] };

export const activity: Decider<ActivityState, ActivityEvent> = {
  category: 'activity',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve: (_state, { data }) => ({ status: 'published', activity: data }),
  sizeOf: () => 500,
};

interface JudgedEntry {
  readonly status: 'applied' | 'accepted' | 'declined';
  readonly activityId: Id;
  readonly codeId: Id;
  readonly sellerId: Id;
  readonly channel: Channel;
  readonly terms: TaskTerms;
  readonly lastFact: Timestamp;
}
export type EntryState = { readonly status: 'absent' } | JudgedEntry;

export const entry: Decider<EntryState, EntryEvent> = {
  category: 'entry',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve: evolveEntry,
  sizeOf: () => 500,
};

function evolveEntry(state: EntryState, event: EntryEvent): EntryState {
  if (event.type === 'ActivityApplied') {
    const { occurredAt: lastFact, ...applied } = event.data;
    return { status: 'applied', ...applied, lastFact };
  }
  if (state.status === 'absent') throw new Error(`${event.type} before ActivityApplied`);
  const status = event.type === 'ActivityApplicationAccepted' ? 'accepted' : 'declined';
  return { ...state, status, lastFact: event.data.occurredAt };
}

/** The task that an accepted application wants; null while there is none. */
export function taskWanted(state: EntryState): WantedTask | null {
  if (state.status !== 'accepted') return null;
  const { activityId, codeId, sellerId, channel, terms, lastFact } = state;
  const taskId = taskIdOf(codeId, channel);
  const made = { taskId, codeId, sellerId, channel, origin: 'activity', activityId } as const;
  return { task: { ...made, ...terms }, wantedAt: lastFact };
}

// Decisions

export const PublishActivity = ActivityPublished.shape.data.omit({ occurredAt: true });
export type PublishActivity = z.infer<typeof PublishActivity>;

export type PublishRefusal = 'activity_must_not_change' | TimeRefusal;

export function publishActivity(
  command: Timed<PublishActivity>,
  state: ActivityState,
): Decision<ActivityEvent, PublishRefusal> {
  const { now, ...data } = command;
  if (state.status === 'published') {
    const { name, channel, applicationClosesAt, activityId } = state.activity;
    const isSame =
      name === data.name &&
      channel === data.channel &&
      applicationClosesAt === data.applicationClosesAt;
    return isSame ? accept() : refuse('activity_must_not_change', { activityId });
  }
  const faultyTime = untimely({ occurredAt: data.occurredAt, now }, null);
  if (faultyTime) return faultyTime;
  return accept({ type: 'ActivityPublished', data });
}

export const ApplyToActivity = z.strictObject({
  activityId: Id,
  codeId: Id,
  sellerId: Id,
  terms: GivenTerms.optional(),
});
export type ApplyToActivity = z.infer<typeof ApplyToActivity>;

export type ApplyToActivityRefusal =
  | 'activity_must_exist'
  | 'code_must_exist'
  | 'code_must_belong_to_seller'
  | 'seller_must_be_in_affiliate_programme'
  | 'code_must_not_be_closed'
  | 'affiliate_switch_must_be_on'
  | 'activity_must_take_applications'
  | TimeRefusal;

/** While an application waits or is accepted, applying again changes nothing. */
export function applyToActivity(
  { activityId, codeId, sellerId, terms, occurredAt, now }: Timed<ApplyToActivity>,
  state: EntryState,
  {
    activity: of,
    code,
    seller,
  }: {
    readonly activity: ActivityState;
    readonly code: PromoCodeState;
    readonly seller: SellerState;
  },
): Decision<EntryEvent, ApplyToActivityRefusal> {
  if (of.status === 'absent') return refuse('activity_must_exist', { activityId });
  if (code.status === 'absent') return refuse('code_must_exist', { codeId });
  if (code.sellerId !== sellerId) return refuse('code_must_belong_to_seller', { codeId, sellerId });
  if (state.status === 'applied' || state.status === 'accepted') return accept();
  if (!isEnrolledAt(seller, occurredAt))
    return refuse('seller_must_be_in_affiliate_programme', { sellerId });
  if (code.closed) return refuse('code_must_not_be_closed', { codeId, closed: code.closed });
  if (!isOngoing(code.affiliate)) return refuse('affiliate_switch_must_be_on', { codeId });
  const { applicationClosesAt, channel } = of.activity;
  if (occurredAt > applicationClosesAt)
    return refuse('activity_must_take_applications', { activityId, applicationClosesAt });
  const faultyTime = untimely({ occurredAt, now }, lastFact(state) ?? of.activity.occurredAt);
  if (faultyTime) return faultyTime;
  const applied = { activityId, codeId, sellerId, channel, terms: termsOf(code.rules, terms) };
  return accept({ type: 'ActivityApplied', data: { ...applied, occurredAt } });
}

export const AcceptEntry = z.strictObject({ activityId: Id, codeId: Id });
export type AcceptEntry = z.infer<typeof AcceptEntry>;

export type EntryRefusal =
  'activity_application_must_exist' | 'activity_application_must_be_pending' | TimeRefusal;

export function acceptEntry(
  { activityId, codeId, occurredAt, now }: Timed<AcceptEntry>,
  state: EntryState,
): Decision<EntryEvent, EntryRefusal> {
  if (state.status === 'absent')
    return refuse('activity_application_must_exist', { activityId, codeId });
  if (state.status === 'accepted') return accept();
  if (state.status === 'declined')
    return refuse('activity_application_must_be_pending', { activityId, codeId });
  const faultyTime = untimely({ occurredAt, now }, state.lastFact);
  if (faultyTime) return faultyTime;
  return accept({ type: 'ActivityApplicationAccepted', data: { activityId, codeId, occurredAt } });
}

export const DeclineEntry = z.strictObject({
  ...AcceptEntry.shape,
  reason: z.string().min(1).max(200),
});
export type DeclineEntry = z.infer<typeof DeclineEntry>;

export function declineEntry(
  { activityId, codeId, reason, occurredAt, now }: Timed<DeclineEntry>,
  state: EntryState,
): Decision<EntryEvent, EntryRefusal> {
  if (state.status === 'absent')
    return refuse('activity_application_must_exist', { activityId, codeId });
  if (state.status === 'declined') return accept();
  if (state.status === 'accepted')
    return refuse('activity_application_must_be_pending', { activityId, codeId });
  const faultyTime = untimely({ occurredAt, now }, state.lastFact);
  if (faultyTime) return faultyTime;
  const data = { activityId, codeId, reason, occurredAt };
  return accept({ type: 'ActivityApplicationDeclined', data });
}

export type ActivityRefusal = PublishRefusal | ApplyToActivityRefusal | EntryRefusal;

const lastFact = (state: EntryState) => (state.status === 'absent' ? null : state.lastFact);
