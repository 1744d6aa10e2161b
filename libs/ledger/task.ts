// Decider of `task-{code}.{channel}`: one task per code and channel (rule 5), open exactly while
// its code can be promoted: the switch is on, the code is not closed, the seller has not left.
import { z } from 'zod';
import { accept, refuse, type Accepted, type Decider, type Decision } from './decider.ts';
import { begun, ended, isOngoing, lastChange, NEVER, type Intervals } from './interval.ts';
import { TaskTerms, type CodeRules } from './promo-code.events.ts';
import type { ExistingCode, PromoCodeState } from './promo-code.ts';
import { isEnrolledAt, type SellerState } from './seller.ts';
import { DEFAULT_CHANNEL, taskIdOf } from './streams.ts';
import { type TaskClosed, type TaskEvent, type TaskOpened } from './task.events.ts';
import { latest, untimely, type Timed, type TimeRefusal } from './time.ts';
import { Id, type Timestamp } from './values.ts';

// State

export interface ExistingTask {
  readonly status: 'existing';
  readonly opened: TaskOpened['data'];
  /** While it takes applications. */
  readonly open: Intervals;
}
export type TaskState = { readonly status: 'absent' } | ExistingTask;

export const task: Decider<TaskState, TaskEvent> = {
  category: 'task',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) => (state.status === 'absent' ? 50 : 800 + 100 * state.open.length),
};

function evolve(state: TaskState, event: TaskEvent): TaskState {
  const { occurredAt } = event.data;
  if (event.type === 'TaskOpened')
    return { status: 'existing', opened: event.data, open: begun(NEVER, occurredAt) };
  if (state.status === 'absent') throw new Error(`${event.type} before TaskOpened`);
  switch (event.type) {
    case 'TaskClosed':
      return { ...state, open: ended(state.open, occurredAt) };
    case 'TaskReopened':
      return { ...state, open: begun(state.open, occurredAt) };
  }
}

/** What a seller says about a task; the rest has defaults. */
export const GivenTerms = TaskTerms.partial();
export type GivenTerms = z.infer<typeof GivenTerms>;

/** No samples, and the last moment to use the code is the last one to apply (rules 6 and 10). */
export function termsOf({ redeemableUntil }: CodeRules, given: GivenTerms = {}): TaskTerms {
  return {
    samples: given.samples ?? 'not_available',
    applicationClosesAt: given.applicationClosesAt ?? redeemableUntil,
    submissionClosesAt: given.submissionClosesAt ?? null,
  };
}

/** A task that has to be there, and since when; it opens once its code can be promoted. */
export interface WantedTask {
  readonly task: Omit<TaskOpened['data'], 'occurredAt'>;
  readonly wantedAt: Timestamp;
}

/** Of a code whose switch was ever turned on with terms for the default channel. */
export function defaultTaskWanted(code: PromoCodeState): WantedTask | null {
  if (code.status === 'absent' || !code.defaultTask) return null;
  const { terms, wantedAt } = code.defaultTask;
  return { task: taskOf(code, terms), wantedAt };
}

function taskOf({ codeId, sellerId }: ExistingCode, terms: TaskTerms): WantedTask['task'] {
  const [channel, taskId] = [DEFAULT_CHANNEL, taskIdOf(codeId, DEFAULT_CHANNEL)];
  return {
    taskId,
    codeId,
    sellerId,
    channel,
    origin: 'default_channel',
    activityId: null,
    ...terms,
  };
}

// Decisions

export const JoinCode = z.strictObject({
  codeId: Id,
  sellerId: Id,
  terms: GivenTerms.optional(),
});
export type JoinCode = z.infer<typeof JoinCode>;

export type JoinCodeRefusal =
  | 'code_must_exist'
  | 'code_must_belong_to_seller'
  | 'seller_must_be_in_affiliate_programme'
  | 'code_must_not_be_closed'
  | 'affiliate_switch_must_be_on'
  | TimeRefusal;

/** A seller makes a task of a code it has already, by the code's id, in the default channel. */
export function joinCode(
  { codeId, sellerId, terms, occurredAt, now }: Timed<JoinCode>,
  state: TaskState,
  { code, seller }: { readonly code: PromoCodeState; readonly seller: SellerState },
): Decision<TaskEvent, JoinCodeRefusal> {
  if (code.status === 'absent') return refuse('code_must_exist', { codeId });
  if (code.sellerId !== sellerId) return refuse('code_must_belong_to_seller', { codeId, sellerId });
  if (state.status === 'existing') return accept();
  if (!isEnrolledAt(seller, occurredAt))
    return refuse('seller_must_be_in_affiliate_programme', { sellerId });
  if (code.closed) return refuse('code_must_not_be_closed', { codeId, closed: code.closed });
  if (!isOngoing(code.affiliate)) return refuse('affiliate_switch_must_be_on', { codeId });
  const faultyTime = untimely({ occurredAt, now }, lastChange(code.affiliate));
  if (faultyTime) return faultyTime;
  const opened = { ...taskOf(code, termsOf(code.rules, terms)), origin: 'joined' } as const;
  return accept({ type: 'TaskOpened', data: { ...opened, occurredAt } });
}

/**
 * What has to be appended so that the task is as its code and seller say. By level: done again, or
 * on two nodes at once, it comes to the same events with the same times.
 */
export function settleTask(
  state: TaskState,
  {
    wanted,
    code,
    seller,
  }: {
    readonly wanted: WantedTask | null;
    readonly code: PromoCodeState;
    readonly seller: SellerState;
  },
): Accepted<TaskEvent> {
  const [reason, since] = standing(code, seller);
  if (state.status === 'absent') {
    if (reason || !wanted) return accept();
    const occurredAt = latest(wanted.wantedAt, since);
    return accept<TaskEvent>({ type: 'TaskOpened', data: { ...wanted.task, occurredAt } });
  }
  const { taskId } = state.opened;
  const occurredAt = latest(since, lastChange(state.open) ?? since);
  if (reason && isOngoing(state.open))
    return accept<TaskEvent>({ type: 'TaskClosed', data: { taskId, reason, occurredAt } });
  if (!reason && !isOngoing(state.open))
    return accept<TaskEvent>({ type: 'TaskReopened', data: { taskId, occurredAt } });
  return accept();
}

type ClosingReason = TaskClosed['data']['reason'];

/** Why the code cannot be promoted, or null when it can be, and since when. */
function standing(code: PromoCodeState, seller: SellerState): [ClosingReason | null, Timestamp] {
  if (code.status === 'absent' || seller.status === 'absent')
    throw new Error('a task stands without its code or its seller');
  const { createdAt, closed, affiliate } = code;
  if (!isOngoing(seller.joined)) return ['seller_left', lastChange(seller.joined) ?? createdAt];
  if (closed) return [closed.reason === 'seller_left' ? 'seller_left' : 'code_closed', closed.at];
  const switched = lastChange(affiliate) ?? createdAt;
  return isOngoing(affiliate) ? [null, switched] : ['affiliate_disabled', switched];
}

export type TaskRefusal = JoinCodeRefusal;
