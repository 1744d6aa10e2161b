// A small market for tests: one seller, one code, an individual, an agency with a member, a task,
// an issued code. Events only, each with a moment that can be moved.
import type { ActivityEvent } from '#ledger/activity.events.ts';
import type { InfluencerEvent, InfluencerKind } from '#ledger/influencer.events.ts';
import type { IssuedCodeEvent } from '#ledger/issued-code.events.ts';
import type { CodeCreated, CodeRules, PromoCodeEvent } from '#ledger/promo-code.events.ts';
import type { RewardTerms } from '#ledger/reward.ts';
import type { SellerEvent } from '#ledger/seller.events.ts';
import type { TaskEvent, TaskOpened } from '#ledger/task.events.ts';
import { on } from './given.ts';

export const ids = { sellerId: 'connect', codeId: 'SPRING', taskId: 'SPRING.default' } as const;
const { sellerId, codeId, taskId } = ids;

export const codeRules: CodeRules = {
  name: 'Spring sale',
  discount: { kind: 'percentage', percentBps: 1_000 },
  minimumSpendMinor: '5000',
  codeType: 'storewide',
  productIds: [],
  currency: 'USD',
  redeemableFrom: on(1),
  redeemableUntil: on(31),
  totalLimit: null,
  perBuyerLimit: null,
};

export const terms = {
  samples: 'not_available',
  applicationClosesAt: on(31),
  submissionClosesAt: null,
} as const;

type Created = Partial<CodeCreated['data']>;

export const sold = {
  joined: (occurredAt = on(1)): SellerEvent => ({
    type: 'SellerJoined',
    data: { sellerId, occurredAt },
  }),
  enrolled: (occurredAt = on(1)): SellerEvent => ({
    type: 'SellerEnrolled',
    data: { sellerId, occurredAt },
  }),
  left: (occurredAt = on(20)): SellerEvent => ({
    type: 'SellerLeft',
    data: { sellerId, occurredAt },
  }),
};

export const coded = {
  created: (changes: Created = {}): PromoCodeEvent => ({
    type: 'CodeCreated',
    data: { sellerId, codeId, ...codeRules, buyerKeyId: 'k1', occurredAt: on(1), ...changes },
  }),
  planned: (
    version = 1,
    reward: RewardTerms | number = 1_000,
    effectiveFrom = on(1),
  ): PromoCodeEvent => ({
    type: 'RewardPlanChanged',
    data: {
      ...{ codeId, version, effectiveFrom, occurredAt: on(1) },
      terms: typeof reward === 'number' ? { kind: 'rate', rateBps: reward } : reward,
    },
  }),
  enabled: (occurredAt = on(1), defaultChannel: typeof terms | null = null): PromoCodeEvent => ({
    type: 'AffiliateEnabled',
    data: { codeId, defaultChannel, occurredAt },
  }),
  disabled: (occurredAt = on(10)): PromoCodeEvent => ({
    type: 'AffiliateDisabled',
    data: { codeId, occurredAt },
  }),
  paused: (occurredAt = on(10)): PromoCodeEvent => ({
    type: 'CodePaused',
    data: { codeId, occurredAt },
  }),
  resumed: (occurredAt = on(12)): PromoCodeEvent => ({
    type: 'CodeResumed',
    data: { codeId, occurredAt },
  }),
  closed: (
    occurredAt = on(20),
    reason: 'seller_closed' | 'seller_left' = 'seller_closed',
  ): PromoCodeEvent => ({ type: 'CodeClosed', data: { codeId, reason, occurredAt } }),
};

export const known = {
  registered: (
    influencerId: string,
    kind: InfluencerKind = 'individual',
    occurredAt = on(1),
  ): InfluencerEvent => ({
    type: 'InfluencerRegistered',
    data: { influencerId, kind, occurredAt },
  }),
  signed: (influencerId: string, memberId: string, occurredAt = on(2)): InfluencerEvent => ({
    type: 'MemberSigned',
    data: { influencerId, memberId, occurredAt },
  }),
  released: (influencerId: string, memberId: string, occurredAt = on(10)): InfluencerEvent => ({
    type: 'MemberReleased',
    data: { influencerId, memberId, occurredAt },
  }),
  suspended: (influencerId: string, occurredAt = on(10)): InfluencerEvent => ({
    type: 'InfluencerSuspended',
    data: { influencerId, reason: 'bought followers', occurredAt },
  }),
  reinstated: (influencerId: string, occurredAt = on(12)): InfluencerEvent => ({
    type: 'InfluencerReinstated',
    data: { influencerId, occurredAt },
  }),
};

const opening: TaskOpened['data'] = {
  ...{ taskId, codeId, sellerId, channel: 'default', origin: 'default_channel' },
  ...{ activityId: null, ...terms, occurredAt: on(1) },
};

export const tasked = {
  opened: (changes: Partial<TaskOpened['data']> = {}): TaskEvent => ({
    type: 'TaskOpened',
    data: { ...opening, ...changes },
  }),
  closed: (occurredAt = on(10)): TaskEvent => ({
    type: 'TaskClosed',
    data: { taskId, reason: 'affiliate_disabled', occurredAt },
  }),
  reopened: (occurredAt = on(12)): TaskEvent => ({
    type: 'TaskReopened',
    data: { taskId, occurredAt },
  }),
};

export const claim = {
  ...{ text: 'ADA2345678', codeId, taskId, sellerId, payeeId: 'agency' },
  ...{ requestId: 'r1', index: 0 },
} as const;

export const issued = {
  issued: (occurredAt = on(2)): IssuedCodeEvent => ({
    type: 'CodeIssued',
    data: { ...claim, occurredAt },
  }),
  assigned: (promoterId: string, occurredAt = on(5)): IssuedCodeEvent => ({
    type: 'CodeAssigned',
    data: { text: claim.text, payeeId: claim.payeeId, promoterId, occurredAt },
  }),
  revoked: (occurredAt = on(20)): IssuedCodeEvent => ({
    type: 'CodeRevoked',
    data: { text: claim.text, payeeId: claim.payeeId, reason: 'left the agency', occurredAt },
  }),
};

export const published = (occurredAt = on(1)): ActivityEvent => ({
  type: 'ActivityPublished',
  data: {
    ...{ activityId: 'SALE11', name: 'Eleven Eleven', channel: 'sale11' },
    ...{ applicationClosesAt: on(15), occurredAt },
  },
});
