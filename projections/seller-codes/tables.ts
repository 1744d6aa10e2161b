// Rows of a seller's codes: the rules as created, what was switched since, and the plan's versions.
import {
  flag,
  integer,
  integerOrNull,
  oneOf,
  oneOfOrNull,
  table,
  text,
  textOrNull,
  type RowOf,
} from '#read-store/projection.ts';
import type { CodeClosed, CodeType, Discount } from '#ledger/promo-code.events.ts';
import type { RewardTerms } from '#ledger/reward.ts';

/** Uses, sales and commission stand in `code_totals`: join on codeId (may be missing). */
export const codes = table({
  name: 'codes',
  columns: {
    codeId: text,
    sellerId: text,
    name: text,
    discountKind: oneOf<Discount['kind']>(),
    /** One of the two, by the kind. */
    discountBps: integerOrNull,
    discountMinor: textOrNull,
    minimumSpendMinor: text,
    codeType: oneOf<CodeType>(),
    currency: text,
    redeemableFrom: text,
    redeemableUntil: text,
    totalLimit: integerOrNull,
    perBuyerLimit: integerOrNull,
    affiliateSwitch: flag,
    status: oneOf<'active' | 'paused' | 'closed'>(),
    closedReason: oneOfOrNull<CodeClosed['data']['reason']>(),
    createdAt: text,
    /** Of the latest version by the log; earlier ones and their times are in `reward_plans`. */
    planVersion: integerOrNull,
    /** JSON array, empty for a storewide code. */
    productIds: text,
  },
  key: ['codeId'],
  indexes: [{ on: ['sellerId', 'createdAt', 'codeId'] }],
});
export type CodeRow = RowOf<typeof codes>;

export const rewardPlans = table({
  name: 'reward_plans',
  columns: {
    codeId: text,
    version: integer,
    kind: oneOf<RewardTerms['kind']>(),
    rateBps: integerOrNull,
    feeMinor: textOrNull,
    effectiveFrom: text,
  },
  key: ['codeId', 'version'],
});
export type RewardPlanRow = RowOf<typeof rewardPlans>;
