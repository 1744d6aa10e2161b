// Decisions on `promoCode-{id}` about earning: the affiliate switch (rule 3) and the reward plan in
// versions (rule 4). Switching off stops new orders from earning; what was earned stays.
import { z } from 'zod';
import { accept, refuse, type Decision } from './decider.ts';
import { isOngoing, lastChange } from './interval.ts';
import { TaskTerms, type PromoCodeEvent } from './promo-code.events.ts';
import {
  CodeCommand,
  type ExistingCode,
  type PlanVersion,
  type PromoCodeState,
} from './promo-code.ts';
import { RewardTerms, type PinnedPlan } from './reward.ts';
import { isEnrolledAt, type SellerState } from './seller.ts';
import { latest, untimely, type Timed, type TimeRefusal } from './time.ts';
import { Timestamp } from './values.ts';

/** The largest `effectiveFrom` at or before the moment; on a tie the later version. */
export function planAt(plans: readonly PlanVersion[], at: Timestamp): PlanVersion | undefined {
  let inForce: PlanVersion | undefined;
  for (const plan of plans) {
    if (plan.effectiveFrom > at) continue;
    if (!inForce || plan.effectiveFrom >= inForce.effectiveFrom) inForce = plan;
  }
  return inForce;
}

/** What an order keeps for ever; rounding rule 1 is the only one so far. */
export const pinned = ({ version, terms }: PlanVersion): PinnedPlan => ({
  version,
  rounding: 1,
  ...terms,
});

export const EnableAffiliate = z.strictObject({
  ...CodeCommand.shape,
  /** Terms of the task that opens by itself in the default channel; null opens none. */
  defaultChannel: TaskTerms.nullable(),
  /** The plan from this moment on; may be left out when one is in force. */
  reward: RewardTerms.optional(),
});
export type EnableAffiliate = z.infer<typeof EnableAffiliate>;

export type EnableRefusal =
  | 'code_must_exist'
  | 'code_must_not_be_closed'
  | 'seller_must_be_in_affiliate_programme'
  | 'reward_plan_must_be_in_force'
  | TimeRefusal;

export function enableAffiliate(
  { codeId, defaultChannel, reward, occurredAt, now }: Timed<EnableAffiliate>,
  state: PromoCodeState,
  { seller }: { readonly seller: SellerState },
): Decision<PromoCodeEvent, EnableRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  if (isOngoing(state.affiliate)) return accept();
  if (state.closed) return refuse('code_must_not_be_closed', { codeId, closed: state.closed });
  if (!isEnrolledAt(seller, occurredAt))
    return refuse('seller_must_be_in_affiliate_programme', { sellerId: state.sellerId });
  const lastSwitch = latest(state.createdAt, lastChange(state.affiliate) ?? state.createdAt);
  const faultyTime = untimely({ occurredAt, now }, lastSwitch);
  if (faultyTime) return faultyTime;
  const enabled = { codeId, defaultChannel, occurredAt };
  const inForce = planAt(state.plans, occurredAt);
  if (!inForce && !reward) return refuse('reward_plan_must_be_in_force', { codeId });
  if (!reward || (inForce && areSameTerms(inForce.terms, reward)))
    return accept({ type: 'AffiliateEnabled', data: enabled });
  const faultyPlanTime = untimely({ occurredAt, now }, lastPlanFact(state));
  if (faultyPlanTime) return faultyPlanTime;
  return accept(planChanged(state, reward, occurredAt, occurredAt), {
    type: 'AffiliateEnabled',
    data: enabled,
  });
}

export type DisableRefusal = 'code_must_exist' | 'code_must_not_be_closed' | TimeRefusal;

export function disableAffiliate(
  { codeId, occurredAt, now }: Timed<CodeCommand>,
  state: PromoCodeState,
): Decision<PromoCodeEvent, DisableRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  if (!isOngoing(state.affiliate)) return accept();
  if (state.closed) return refuse('code_must_not_be_closed', { codeId, closed: state.closed });
  const faultyTime = untimely({ occurredAt, now }, lastChange(state.affiliate));
  if (faultyTime) return faultyTime;
  return accept({ type: 'AffiliateDisabled', data: { codeId, occurredAt } });
}

export const ChangeRewardPlan = z.strictObject({
  ...CodeCommand.shape,
  terms: RewardTerms,
  /** Inclusive; left out, it is the moment of the change. */
  effectiveFrom: Timestamp.optional(),
});
export type ChangeRewardPlan = z.infer<typeof ChangeRewardPlan>;

export type ChangePlanRefusal =
  | 'code_must_exist'
  | 'code_must_not_be_closed'
  | TimeRefusal
  | 'effective_from_must_not_precede_occurred_at';

/** The same terms as are in force then already change nothing and make no version. */
export function changeRewardPlan(
  { codeId, terms, effectiveFrom, occurredAt, now }: Timed<ChangeRewardPlan>,
  state: PromoCodeState,
): Decision<PromoCodeEvent, ChangePlanRefusal> {
  if (state.status === 'absent') return refuse('code_must_exist', { codeId });
  const from = effectiveFrom ?? occurredAt;
  const inForce = planAt(state.plans, from);
  if (inForce && areSameTerms(inForce.terms, terms)) return accept();
  if (state.closed) return refuse('code_must_not_be_closed', { codeId, closed: state.closed });
  const faultyTime = untimely({ occurredAt, now }, lastPlanFact(state));
  if (faultyTime) return faultyTime;
  if (from < occurredAt)
    return refuse('effective_from_must_not_precede_occurred_at', {
      effectiveFrom: from,
      occurredAt,
    });
  return accept(planChanged(state, terms, from, occurredAt));
}

function planChanged(
  { codeId, plans }: ExistingCode,
  terms: RewardTerms,
  effectiveFrom: Timestamp,
  occurredAt: Timestamp,
): PromoCodeEvent {
  const version = (plans.at(-1)?.version ?? 0) + 1;
  const data = { codeId, version, terms, effectiveFrom, occurredAt };
  return { type: 'RewardPlanChanged', data };
}

const areSameTerms = (left: RewardTerms, right: RewardTerms): boolean =>
  left.kind === 'rate'
    ? right.kind === 'rate' && left.rateBps === right.rateBps
    : right.kind === 'fixed_fee' && left.feeMinor === right.feeMinor;

const lastPlanFact = ({ createdAt, plans }: ExistingCode): Timestamp =>
  plans.at(-1)?.occurredAt ?? createdAt;
