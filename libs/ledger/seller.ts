// Decider of `seller-{id}` (rule 1): a seller joins the platform, then enrols in the affiliate
// programme; leaving ends both, and a seller that comes back enrols again.
import { z } from 'zod';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { begun, ended, isOngoing, NEVER, wasSoAt, type Intervals } from './interval.ts';
import type { SellerEvent } from './seller.events.ts';
import { untimely, type Timed, type TimeRefusal } from './time.ts';
import { Id, type Timestamp } from './values.ts';

// State

export type SellerState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'known';
      readonly sellerId: Id;
      readonly joined: Intervals;
      readonly enrolled: Intervals;
      readonly lastFact: Timestamp;
    };

export const seller: Decider<SellerState, SellerEvent> = {
  category: 'seller',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) =>
    state.status === 'absent' ? 50 : 300 + 100 * (state.joined.length + state.enrolled.length),
};

function evolve(state: SellerState, { type, data }: SellerEvent): SellerState {
  const { sellerId, occurredAt } = data;
  const joined = state.status === 'known' ? state.joined : NEVER;
  const enrolled = state.status === 'known' ? state.enrolled : NEVER;
  const known = { status: 'known', sellerId, joined, enrolled, lastFact: occurredAt } as const;
  switch (type) {
    case 'SellerJoined':
      return { ...known, joined: begun(joined, occurredAt) };
    case 'SellerEnrolled':
      return { ...known, enrolled: begun(enrolled, occurredAt) };
    case 'SellerLeft':
      return {
        ...known,
        joined: ended(joined, occurredAt),
        enrolled: ended(enrolled, occurredAt),
      };
  }
}

export function isJoinedAt(state: SellerState, at: Timestamp): boolean {
  return state.status === 'known' && wasSoAt(state.joined, at);
}

export function isEnrolledAt(state: SellerState, at: Timestamp): boolean {
  return state.status === 'known' && wasSoAt(state.enrolled, at);
}

// Decisions

export const SellerCommand = z.strictObject({ sellerId: Id });
export type SellerCommand = z.infer<typeof SellerCommand>;

export type JoinRefusal = TimeRefusal;
export type EnrolRefusal = 'seller_must_have_joined' | TimeRefusal;
export type LeaveRefusal = 'seller_must_have_joined' | TimeRefusal;
export type SellerRefusal = JoinRefusal | EnrolRefusal | LeaveRefusal;

/** Joining, and joining again after having left. */
export function joinSeller(
  { sellerId, occurredAt, now }: Timed<SellerCommand>,
  state: SellerState,
): Decision<SellerEvent, JoinRefusal> {
  if (state.status === 'known' && isOngoing(state.joined)) return accept();
  const late = untimely({ occurredAt, now }, lastFact(state));
  if (late) return late;
  return accept({ type: 'SellerJoined', data: { sellerId, occurredAt } });
}

export function enrolSeller(
  { sellerId, occurredAt, now }: Timed<SellerCommand>,
  state: SellerState,
): Decision<SellerEvent, EnrolRefusal> {
  if (state.status === 'absent' || !isOngoing(state.joined))
    return refuse('seller_must_have_joined', { sellerId });
  if (isOngoing(state.enrolled)) return accept();
  const late = untimely({ occurredAt, now }, lastFact(state));
  if (late) return late;
  return accept({ type: 'SellerEnrolled', data: { sellerId, occurredAt } });
}

/** Closes its codes from its own time on: the process of the codes does that. */
export function leaveSeller(
  { sellerId, occurredAt, now }: Timed<SellerCommand>,
  state: SellerState,
): Decision<SellerEvent, LeaveRefusal> {
  if (state.status === 'absent') return refuse('seller_must_have_joined', { sellerId });
  if (!isOngoing(state.joined)) return accept();
  const late = untimely({ occurredAt, now }, lastFact(state));
  if (late) return late;
  return accept({ type: 'SellerLeft', data: { sellerId, occurredAt } });
}

const lastFact = (state: SellerState) => (state.status === 'known' ? state.lastFact : null);
