// Decider of `promoCode-{id}`: the code with its rules, pauses and its end. The affiliate switch
// and the reward plan are decided in `affiliate.ts`, what counts against the limits in
// `redemptions.ts`.
import { z } from 'zod';
import { isCurrency } from './currency.ts';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import {
  begun,
  ended,
  intervalAt,
  isOngoing,
  lastChange,
  NEVER,
  type Intervals,
} from './interval.ts';
import { CodeRules, type PromoCodeEvent, type TaskTerms } from './promo-code.events.ts';
import { promoCodeSnapshot } from './promo-code.snapshot.ts';
import {
  emptyRedemptions,
  noteRelease,
  noteReservation,
  sizeOfRedemptions,
  type Redemptions,
} from './redemption-index.ts';
import type { RewardTerms } from './reward.ts';
import { isEnrolledAt, isJoinedAt, type SellerState } from './seller.ts';
import { latest, untimely, type Timed, type TimeRefusal } from './time.ts';
import { Id, type Timestamp } from './values.ts';

// State

export interface PlanVersion {
  readonly version: number;
  readonly terms: RewardTerms;
  readonly effectiveFrom: Timestamp;
  readonly occurredAt: Timestamp;
}

export interface ExistingCode {
  readonly status: 'existing';
  readonly codeId: Id;
  readonly sellerId: Id;
  readonly rules: CodeRules;
  /** The rules' product ids, to look up; empty exactly for a storewide code. */
  readonly products: ReadonlySet<string>;
  readonly buyerKeyId: Id;
  readonly createdAt: Timestamp;
  /** While the affiliate switch was on. */
  readonly affiliate: Intervals;
  /** What the task in the default channel says, once enabling asked for one, and since when. */
  readonly defaultTask: { readonly terms: TaskTerms; readonly wantedAt: Timestamp } | null;
  readonly paused: Intervals;
  readonly plans: readonly PlanVersion[];
  readonly closed: {
    readonly at: Timestamp;
    readonly reason: 'seller_closed' | 'seller_left';
  } | null;
  /** Of the last event folded: a reservation is known by its own. */
  readonly revision: number;
  /** Every order ever reserved and the uses that count; `evolve` updates it in place. */
  readonly redemptions: Redemptions;
}
export type PromoCodeState = { readonly status: 'absent' } | ExistingCode;

export const promoCode: Decider<PromoCodeState, PromoCodeEvent> = {
  category: 'promoCode',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf,
  snapshot: promoCodeSnapshot,
};

function evolve(state: PromoCodeState, event: PromoCodeEvent): PromoCodeState {
  if (event.type === 'CodeCreated') return created(event.data);
  if (state.status === 'absent') throw new Error(`${event.type} before CodeCreated`);
  const next = { ...state, revision: state.revision + 1 };
  switch (event.type) {
    case 'RedemptionReserved': {
      const { orderId, buyer } = event.data.verdict;
      const counted = state.rules.perBuyerLimit === null ? undefined : buyer;
      noteReservation(state.redemptions, orderId, counted, next.revision);
      return next;
    }
    case 'RedemptionReleased':
      noteRelease(state.redemptions, event.data.orderId);
      return next;
    default:
      return configured(next, event);
  }
}

type Configuration = Exclude<
  PromoCodeEvent,
  { type: 'CodeCreated' | 'RedemptionReserved' | 'RedemptionReleased' }
>;

function configured(state: ExistingCode, { type, data }: Configuration): ExistingCode {
  const at = data.occurredAt;
  switch (type) {
    case 'AffiliateEnabled': {
      const terms = data.defaultChannel;
      const defaultTask = terms && !state.defaultTask ? { terms, wantedAt: at } : state.defaultTask;
      return { ...state, affiliate: begun(state.affiliate, at), defaultTask };
    }
    case 'AffiliateDisabled':
      return { ...state, affiliate: ended(state.affiliate, at) };
    case 'RewardPlanChanged': {
      const { version, terms, effectiveFrom, occurredAt } = data;
      return { ...state, plans: [...state.plans, { version, terms, effectiveFrom, occurredAt }] };
    }
    case 'CodePaused':
      return { ...state, paused: begun(state.paused, at) };
    case 'CodeResumed':
      return { ...state, paused: ended(state.paused, at) };
    case 'CodeClosed':
      return { ...state, closed: { at, reason: data.reason } };
  }
}

function created(data: Extract<PromoCodeEvent, { type: 'CodeCreated' }>['data']): ExistingCode {
  const { codeId, sellerId, buyerKeyId, occurredAt, ...rules } = data;
  return {
    status: 'existing',
    codeId,
    sellerId,
    rules,
    products: new Set(rules.productIds),
    buyerKeyId,
    createdAt: occurredAt,
    affiliate: NEVER,
    defaultTask: null,
    paused: NEVER,
    plans: [],
    closed: null,
    revision: 0,
    redemptions: emptyRedemptions(),
  };
}

function sizeOf(state: PromoCodeState): number {
  if (state.status === 'absent') return 50;
  const { rules, affiliate, paused, plans, redemptions } = state;
  const facts = affiliate.length + paused.length + 2 * plans.length;
  return 1_500 + 300 * rules.productIds.length + 100 * facts + sizeOfRedemptions(redemptions);
}

// Decisions

export const CreateCode = z.strictObject({
  codeId: Id,
  sellerId: Id,
  ...CodeRules.shape,
  /** The key in use when the code is made; a repeat keeps the first one. */
  buyerKeyId: Id,
});
export type CreateCode = z.infer<typeof CreateCode>;

export type CreateCodeRefusal =
  | 'code_must_not_change'
  | 'seller_must_have_joined'
  | 'seller_must_be_in_affiliate_programme'
  | TimeRefusal
  | 'currency_must_exist'
  | 'discount_must_be_above_zero'
  | 'redemption_window_must_not_end_before_it_starts'
  | 'storewide_code_must_name_no_products'
  | 'set_products_code_must_name_products';

export function createCode(
  command: Timed<CreateCode>,
  state: PromoCodeState,
  { seller }: { readonly seller: SellerState },
): Decision<PromoCodeEvent, CreateCodeRefusal> {
  const { codeId, sellerId, buyerKeyId, occurredAt, now, ...asked } = command;
  const rules = { ...asked, productIds: [...new Set(asked.productIds)].sort() };
  if (state.status === 'existing')
    return state.sellerId === sellerId && areSameRules(state.rules, rules)
      ? accept()
      : refuse('code_must_not_change', { codeId });
  if (!isJoinedAt(seller, occurredAt)) return refuse('seller_must_have_joined', { sellerId });
  if (!isEnrolledAt(seller, occurredAt))
    return refuse('seller_must_be_in_affiliate_programme', { sellerId });
  const faultyTime = untimely({ occurredAt, now }, null);
  if (faultyTime) return faultyTime;
  const { currency, discount, redeemableFrom, redeemableUntil, codeType, productIds } = rules;
  if (!isCurrency(currency)) return refuse('currency_must_exist', { currency });
  if (discount.kind === 'amount' && discount.amountMinor === '0')
    return refuse('discount_must_be_above_zero', { codeId });
  if (redeemableUntil < redeemableFrom)
    return refuse('redemption_window_must_not_end_before_it_starts', {
      redeemableFrom,
      redeemableUntil,
    });
  if (codeType === 'storewide' && productIds.length > 0)
    return refuse('storewide_code_must_name_no_products', { codeId });
  if (codeType === 'set_products' && productIds.length === 0)
    return refuse('set_products_code_must_name_products', { codeId });
  const data = { codeId, sellerId, ...rules, buyerKeyId, occurredAt };
  return accept({ type: 'CodeCreated', data });
}

function areSameRules(left: CodeRules, right: CodeRules): boolean {
  const { discount: one, productIds: some, ...rest } = left;
  const { discount: other, productIds: others, ...rules } = right;
  const isSameDiscount =
    one.kind === 'percentage'
      ? other.kind === 'percentage' && one.percentBps === other.percentBps
      : other.kind === 'amount' && one.amountMinor === other.amountMinor;
  const isSameSet = some.length === others.length && some.every((id, i) => id === others[i]);
  const names = Object.keys(rest) as (keyof typeof rest)[];
  return isSameDiscount && isSameSet && names.every((name) => rest[name] === rules[name]);
}

export const CodeCommand = z.strictObject({ codeId: Id });
export type CodeCommand = z.infer<typeof CodeCommand>;

export type PauseRefusal = 'code_must_exist' | 'code_must_not_be_closed' | TimeRefusal;

/** Orders paid while a code is paused are rejected; the switch and its task stay as they are. */
export function pauseCode(
  { codeId, occurredAt, now }: Timed<CodeCommand>,
  state: PromoCodeState,
): Decision<PromoCodeEvent, PauseRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  if (isOngoing(state.paused)) return accept();
  if (state.closed) return refuse('code_must_not_be_closed', { codeId, closed: state.closed });
  const faultyTime = untimely({ occurredAt, now }, lastOf(state, state.paused));
  if (faultyTime) return faultyTime;
  return accept({ type: 'CodePaused', data: { codeId, occurredAt } });
}

export function resumeCode(
  { codeId, occurredAt, now }: Timed<CodeCommand>,
  state: PromoCodeState,
): Decision<PromoCodeEvent, PauseRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  if (!isOngoing(state.paused)) return accept();
  if (state.closed) return refuse('code_must_not_be_closed', { codeId, closed: state.closed });
  const faultyTime = untimely({ occurredAt, now }, lastOf(state, state.paused));
  if (faultyTime) return faultyTime;
  return accept({ type: 'CodeResumed', data: { codeId, occurredAt } });
}

export const CloseCode = z.strictObject({
  codeId: Id,
  reason: z.enum(['seller_closed', 'seller_left']),
});
export type CloseCode = z.infer<typeof CloseCode>;

export type CloseCodeRefusal = 'code_must_exist' | TimeRefusal;

/** Final: a closed code is never opened again. */
export function closeCode(
  { codeId, reason, occurredAt, now }: Timed<CloseCode>,
  state: PromoCodeState,
): Decision<PromoCodeEvent, CloseCodeRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  if (state.closed) return accept();
  const faultyTime = untimely({ occurredAt, now }, state.createdAt);
  if (faultyTime) return faultyTime;
  return accept({ type: 'CodeClosed', data: { codeId, reason, occurredAt } });
}

/**
 * When a code has to close because its seller left, by level: the end of the stay in which it was
 * made, or its making if its seller was gone already. Null while it may stay as it is. Closing is
 * final: both states have to be read to the end of their streams.
 */
export function closureWanted(state: PromoCodeState, seller: SellerState): Timestamp | null {
  if (state.status === 'absent' || state.closed || seller.status === 'absent') return null;
  const stay = intervalAt(seller.joined, state.createdAt);
  return stay ? stay.to : state.createdAt;
}

const lastOf = (state: ExistingCode, intervals: Intervals): Timestamp =>
  latest(state.createdAt, lastChange(intervals) ?? state.createdAt);
