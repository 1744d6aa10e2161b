// Decider of `influencer-{id}`: individuals and agencies, the members an agency has signed, and
// suspension. A member is an individual with a stream of its own; several agencies may sign it.
import { z } from 'zod';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { InfluencerKind, type InfluencerEvent } from './influencer.events.ts';
import { begun, ended, isOngoing, lastChange, NEVER, wasSoAt, type Intervals } from './interval.ts';
import type { HoldReason } from './order-content.ts';
import { latest, untimely, type Timed, type TimeRefusal } from './time.ts';
import { Id, type Timestamp } from './values.ts';

// State

export type InfluencerState = { readonly status: 'absent' } | RegisteredInfluencer;

export interface RegisteredInfluencer {
  readonly status: 'registered';
  readonly influencerId: Id;
  readonly kind: InfluencerKind;
  readonly registeredAt: Timestamp;
  readonly suspended: Intervals;
  /** Only of an agency; `evolve` updates it in place. */
  readonly members: Map<Id, Intervals>;
}

export const influencer: Decider<InfluencerState, InfluencerEvent> = {
  category: 'influencer',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) =>
    state.status === 'absent' ? 50 : 300 + 100 * state.suspended.length + 250 * state.members.size,
};

function evolve(state: InfluencerState, event: InfluencerEvent): InfluencerState {
  if (event.type === 'InfluencerRegistered') {
    const { influencerId, kind, occurredAt } = event.data;
    const fresh = { suspended: NEVER, members: new Map<Id, Intervals>() };
    return { status: 'registered', influencerId, kind, registeredAt: occurredAt, ...fresh };
  }
  if (state.status === 'absent') throw new Error(`${event.type} before InfluencerRegistered`);
  const { members, suspended } = state;
  switch (event.type) {
    case 'MemberSigned':
      members.set(
        event.data.memberId,
        begun(signings(state, event.data.memberId), event.data.occurredAt),
      );
      return state;
    case 'MemberReleased':
      members.set(
        event.data.memberId,
        ended(signings(state, event.data.memberId), event.data.occurredAt),
      );
      return state;
    case 'InfluencerSuspended':
      return { ...state, suspended: begun(suspended, event.data.occurredAt) };
    case 'InfluencerReinstated':
      return { ...state, suspended: ended(suspended, event.data.occurredAt) };
  }
}

const signings = (state: RegisteredInfluencer, memberId: Id): Intervals =>
  state.members.get(memberId) ?? NEVER;

export function isSuspendedAt(state: InfluencerState, at: Timestamp): boolean {
  return state.status === 'registered' && wasSoAt(state.suspended, at);
}

export function isMemberAt(agency: InfluencerState, memberId: Id, at: Timestamp): boolean {
  return agency.status === 'registered' && wasSoAt(signings(agency, memberId), at);
}

/** A suspended influencer's new orders earn but are held: payee and promoter, judged at payment. */
export function suspensionHold(
  paidAt: Timestamp,
  ...holders: readonly InfluencerState[]
): HoldReason | undefined {
  return holders.some((holder) => isSuspendedAt(holder, paidAt))
    ? { reason: 'influencer_suspended', by: 'rule:suspension' }
    : undefined;
}

// Decisions

export const RegisterInfluencer = z.strictObject({ influencerId: Id, kind: InfluencerKind });
export type RegisterInfluencer = z.infer<typeof RegisterInfluencer>;

export type RegisterRefusal = 'influencer_must_not_change_kind' | TimeRefusal;

export function registerInfluencer(
  { influencerId, kind, occurredAt, now }: Timed<RegisterInfluencer>,
  state: InfluencerState,
): Decision<InfluencerEvent, RegisterRefusal> {
  if (state.status === 'registered')
    return state.kind === kind
      ? accept()
      : refuse('influencer_must_not_change_kind', { influencerId, kind: state.kind });
  const late = untimely({ occurredAt, now }, null);
  if (late) return late;
  return accept({ type: 'InfluencerRegistered', data: { influencerId, kind, occurredAt } });
}

/** `influencerId` is the agency. */
export const MemberCommand = z.strictObject({ influencerId: Id, memberId: Id });
export type MemberCommand = z.infer<typeof MemberCommand>;

export type SignRefusal =
  | 'influencer_must_be_registered'
  | 'influencer_must_be_agency'
  | 'member_must_be_registered'
  | 'member_must_be_individual'
  | TimeRefusal;

export function signMember(
  { influencerId, memberId, occurredAt, now }: Timed<MemberCommand>,
  state: InfluencerState,
  { member }: { readonly member: InfluencerState },
): Decision<InfluencerEvent, SignRefusal> {
  if (state.status === 'absent') return refuse('influencer_must_be_registered', { influencerId });
  if (state.kind !== 'agency') return refuse('influencer_must_be_agency', { influencerId });
  if (isOngoing(signings(state, memberId))) return accept();
  if (member.status === 'absent') return refuse('member_must_be_registered', { memberId });
  if (member.kind !== 'individual') return refuse('member_must_be_individual', { memberId });
  const late = untimely({ occurredAt, now }, lastOf(state, signings(state, memberId)));
  if (late) return late;
  return accept({ type: 'MemberSigned', data: { influencerId, memberId, occurredAt } });
}

export type ReleaseMemberRefusal =
  | 'influencer_must_be_registered'
  | 'influencer_must_be_agency'
  | 'member_must_be_signed'
  | TimeRefusal;

/** Codes that it promotes stay with it until the agency assigns them anew. */
export function releaseMember(
  { influencerId, memberId, occurredAt, now }: Timed<MemberCommand>,
  state: InfluencerState,
): Decision<InfluencerEvent, ReleaseMemberRefusal> {
  if (state.status === 'absent') return refuse('influencer_must_be_registered', { influencerId });
  if (state.kind !== 'agency') return refuse('influencer_must_be_agency', { influencerId });
  const signed = signings(state, memberId);
  if (signed.length === 0) return refuse('member_must_be_signed', { influencerId, memberId });
  if (!isOngoing(signed)) return accept();
  const late = untimely({ occurredAt, now }, lastOf(state, signed));
  if (late) return late;
  return accept({ type: 'MemberReleased', data: { influencerId, memberId, occurredAt } });
}

export const SuspendInfluencer = z.strictObject({
  influencerId: Id,
  reason: z.string().min(1).max(200),
});
export type SuspendInfluencer = z.infer<typeof SuspendInfluencer>;

export type SuspensionRefusal = 'influencer_must_be_registered' | TimeRefusal;

export function suspendInfluencer(
  { influencerId, reason, occurredAt, now }: Timed<SuspendInfluencer>,
  state: InfluencerState,
): Decision<InfluencerEvent, SuspensionRefusal> {
  if (state.status === 'absent') return refuse('influencer_must_be_registered', { influencerId });
  if (isOngoing(state.suspended)) return accept();
  const late = untimely({ occurredAt, now }, lastOf(state, state.suspended));
  if (late) return late;
  return accept({ type: 'InfluencerSuspended', data: { influencerId, reason, occurredAt } });
}

export const ReinstateInfluencer = z.strictObject({ influencerId: Id });
export type ReinstateInfluencer = z.infer<typeof ReinstateInfluencer>;

/** Ends the suspension; what was held meanwhile stays held until it is released. */
export function reinstateInfluencer(
  { influencerId, occurredAt, now }: Timed<ReinstateInfluencer>,
  state: InfluencerState,
): Decision<InfluencerEvent, SuspensionRefusal> {
  if (state.status === 'absent') return refuse('influencer_must_be_registered', { influencerId });
  if (!isOngoing(state.suspended)) return accept();
  const late = untimely({ occurredAt, now }, lastOf(state, state.suspended));
  if (late) return late;
  return accept({ type: 'InfluencerReinstated', data: { influencerId, occurredAt } });
}

export type InfluencerRefusal =
  RegisterRefusal | SignRefusal | ReleaseMemberRefusal | SuspensionRefusal;

const lastOf = (state: RegisteredInfluencer, intervals: Intervals): Timestamp =>
  latest(state.registeredAt, lastChange(intervals) ?? state.registeredAt);
