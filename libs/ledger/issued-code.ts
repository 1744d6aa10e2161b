// Decider of `issuedCode-{TEXT}`: the claim on a text, unique for ever, and who holds it when. The
// payee never changes; an agency may hand the code to members it has signed, one after another.
import { z } from 'zod';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { isMemberAt, isSuspendedAt, type InfluencerState } from './influencer.ts';
import { CodeIssued, type IssuedCodeEvent } from './issued-code.events.ts';
import { untimely, type Timed, type TimeRefusal } from './time.ts';
import { CodeText, Id, type TaskId, type Timestamp } from './values.ts';

// State

interface TakenText {
  readonly status: 'taken';
  readonly claim: Claim;
  readonly issuedAt: Timestamp;
  /** In order of time; each promotes from `from` on. */
  readonly promoters: readonly { readonly promoterId: Id; readonly from: Timestamp }[];
  readonly revokedAt: Timestamp | null;
  readonly lastFact: Timestamp;
}
export type IssuedCodeState = { readonly status: 'absent' } | TakenText;

export const issuedCode: Decider<IssuedCodeState, IssuedCodeEvent> = {
  category: 'issuedCode',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) => (state.status === 'absent' ? 50 : 700 + 100 * state.promoters.length),
};

function evolve(state: IssuedCodeState, event: IssuedCodeEvent): IssuedCodeState {
  const { occurredAt } = event.data;
  if (event.type === 'CodeIssued') {
    const { occurredAt: issuedAt, ...claim } = event.data;
    const fresh = { promoters: [], revokedAt: null };
    return { status: 'taken', claim, issuedAt, ...fresh, lastFact: issuedAt };
  }
  if (state.status === 'absent') throw new Error(`${event.type} before CodeIssued`);
  switch (event.type) {
    case 'CodeAssigned': {
      const assigned = { promoterId: event.data.promoterId, from: occurredAt };
      return { ...state, promoters: [...state.promoters, assigned], lastFact: occurredAt };
    }
    case 'CodeRevoked':
      return { ...state, revokedAt: occurredAt, lastFact: occurredAt };
  }
}

/** Whom a use of the text leads to. */
export interface Holder {
  readonly text: CodeText;
  readonly codeId: Id;
  readonly taskId: TaskId;
  readonly sellerId: Id;
  readonly payeeId: Id;
  readonly promoterId: Id | null;
}

/** Null when the text led nowhere at that moment: never issued, not yet, or revoked. */
export function holderAt(state: IssuedCodeState, at: Timestamp): Holder | null {
  if (state.status === 'absent' || at < state.issuedAt) return null;
  if (state.revokedAt !== null && at >= state.revokedAt) return null;
  const { text, codeId, taskId, sellerId, payeeId } = state.claim;
  const promoterId = state.promoters.findLast(({ from }) => from <= at)?.promoterId ?? null;
  return { text, codeId, taskId, sellerId, payeeId, promoterId };
}

// Decisions

/** Which code of which request a text is claimed for. */
export const Claim = CodeIssued.shape.data.omit({ occurredAt: true });
export type Claim = z.infer<typeof Claim>;

export type ClaimRefusal = 'text_must_not_be_taken';

/** Found to be its own already, nothing changes; another's, and the issuer walks on. */
export function claimText(
  command: Claim & { readonly occurredAt: Timestamp },
  state: IssuedCodeState,
): Decision<IssuedCodeEvent, ClaimRefusal> {
  if (state.status === 'absent') return accept({ type: 'CodeIssued', data: command });
  const { taskId, payeeId, requestId, index } = state.claim;
  const isItsOwn =
    taskId === command.taskId &&
    payeeId === command.payeeId &&
    requestId === command.requestId &&
    index === command.index;
  return isItsOwn ? accept() : refuse('text_must_not_be_taken', { text: command.text });
}

export const AssignCode = z.strictObject({ text: CodeText, payeeId: Id, promoterId: Id });
export type AssignCode = z.infer<typeof AssignCode>;

export type AssignRefusal =
  | 'text_must_be_issued'
  | 'code_must_belong_to_payee'
  | 'issued_code_must_not_be_revoked'
  | 'payee_must_be_agency'
  | 'member_must_be_signed'
  | 'influencer_must_not_be_suspended'
  | TimeRefusal;

export function assignCode(
  { text, payeeId, promoterId, occurredAt, now }: Timed<AssignCode>,
  state: IssuedCodeState,
  { payee, promoter }: { readonly payee: InfluencerState; readonly promoter: InfluencerState },
): Decision<IssuedCodeEvent, AssignRefusal> {
  if (state.status === 'absent') return refuse('text_must_be_issued', { text });
  if (state.claim.payeeId !== payeeId)
    return refuse('code_must_belong_to_payee', { text, payeeId });
  if (state.promoters.at(-1)?.promoterId === promoterId) return accept();
  if (state.revokedAt !== null) return refuse('issued_code_must_not_be_revoked', { text });
  if (payee.status === 'absent' || payee.kind !== 'agency')
    return refuse('payee_must_be_agency', { payeeId });
  if (!isMemberAt(payee, promoterId, occurredAt))
    return refuse('member_must_be_signed', { payeeId, promoterId });
  if (isSuspendedAt(promoter, occurredAt))
    return refuse('influencer_must_not_be_suspended', { influencerId: promoterId });
  const faultyTime = untimely({ occurredAt, now }, state.lastFact);
  if (faultyTime) return faultyTime;
  return accept({ type: 'CodeAssigned', data: { text, payeeId, promoterId, occurredAt } });
}

export const RevokeCode = z.strictObject({ text: CodeText, reason: z.string().min(1).max(200) });
export type RevokeCode = z.infer<typeof RevokeCode>;

export type RevokeRefusal = 'text_must_be_issued' | TimeRefusal;

/** Final: a revoked text leads nowhere from then on and is never issued again. */
export function revokeCode(
  { text, reason, occurredAt, now }: Timed<RevokeCode>,
  state: IssuedCodeState,
): Decision<IssuedCodeEvent, RevokeRefusal> {
  if (state.status === 'absent') return refuse('text_must_be_issued', { text });
  if (state.revokedAt !== null) return accept();
  const faultyTime = untimely({ occurredAt, now }, state.lastFact);
  if (faultyTime) return faultyTime;
  const { payeeId } = state.claim;
  return accept({ type: 'CodeRevoked', data: { text, payeeId, reason, occurredAt } });
}

export type IssuedCodeRefusal = ClaimRefusal | AssignRefusal | RevokeRefusal;
