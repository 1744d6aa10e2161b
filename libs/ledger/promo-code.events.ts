// Stream `promoCode-{id}`: the code and its rules, the affiliate switch, the reward plan, and every
// redemption that counts against its limits. `RedemptionReserved` is the verdict on an order.
import { z } from 'zod';
import { event } from './decider.ts';
import { Confirmation, HoldReason, JudgedLine, KeyedBuyer } from './order-content.ts';
import { PinnedPlan, RewardTerms } from './reward.ts';
import {
  AmountMinor,
  CodeText,
  CurrencyCode,
  EventRef,
  ForeignId,
  Id,
  Sha256,
  SignedMinor,
  TaskId,
  Timestamp,
} from './values.ts';

export const Discount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percentage'), percentBps: z.int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('amount'), amountMinor: AmountMinor }),
]);
export type Discount = z.infer<typeof Discount>;

export const CodeType = z.enum(['storewide', 'set_products']);
export type CodeType = z.infer<typeof CodeType>;

export const CodeRules = z.strictObject({
  name: z.string().min(1).max(100),
  discount: Discount,
  /** The promotion rule: what a buyer must spend to use the code (rule 2). */
  minimumSpendMinor: AmountMinor,
  codeType: CodeType,
  /** Empty exactly for a storewide code; sorted and distinct. */
  productIds: z.array(ForeignId).max(1_000),
  currency: CurrencyCode,
  /** Both ends belong to the window. */
  redeemableFrom: Timestamp,
  redeemableUntil: Timestamp,
  totalLimit: z.int().min(1).max(100_000_000).nullable(),
  perBuyerLimit: z.int().min(1).max(1_000_000).nullable(),
});
export type CodeRules = z.infer<typeof CodeRules>;

export const CodeCreated = event('CodeCreated', {
  codeId: Id,
  sellerId: Id,
  ...CodeRules.shape,
  /** The key that hashes this code's buyers, for the code's whole life. */
  buyerKeyId: Id,
  occurredAt: Timestamp,
});
export type CodeCreated = z.infer<typeof CodeCreated>;

export const SampleOffer = z.enum(['not_available', 'available']);
export type SampleOffer = z.infer<typeof SampleOffer>;

/** What a task says beside its code: samples and deadlines (rules 6, 9 and 10). */
export const TaskTerms = z.strictObject({
  samples: SampleOffer,
  applicationClosesAt: Timestamp,
  /** Does not matter for commission. */
  submissionClosesAt: Timestamp.nullable(),
});
export type TaskTerms = z.infer<typeof TaskTerms>;

/** With terms for the default channel its task opens by itself (rule 5); null opens none. */
export const AffiliateEnabled = event('AffiliateEnabled', {
  codeId: Id,
  defaultChannel: TaskTerms.nullable(),
  occurredAt: Timestamp,
});
export type AffiliateEnabled = z.infer<typeof AffiliateEnabled>;

export const AffiliateDisabled = event('AffiliateDisabled', { codeId: Id, occurredAt: Timestamp });
export type AffiliateDisabled = z.infer<typeof AffiliateDisabled>;

export const RewardPlanChanged = event('RewardPlanChanged', {
  codeId: Id,
  version: z.int().min(1),
  terms: RewardTerms,
  /** Inclusive; never before this event's own time. */
  effectiveFrom: Timestamp,
  occurredAt: Timestamp,
});
export type RewardPlanChanged = z.infer<typeof RewardPlanChanged>;

export const CodePaused = event('CodePaused', { codeId: Id, occurredAt: Timestamp });
export type CodePaused = z.infer<typeof CodePaused>;

export const CodeResumed = event('CodeResumed', { codeId: Id, occurredAt: Timestamp });
export type CodeResumed = z.infer<typeof CodeResumed>;

export const CodeClosed = event('CodeClosed', {
  codeId: Id,
  reason: z.enum(['seller_closed', 'seller_left']),
  occurredAt: Timestamp,
});
export type CodeClosed = z.infer<typeof CodeClosed>;

/** All that the order's append needs: `OrderAttributed` copies `verdict` and decides nothing. */
export const Verdict = z.strictObject({
  sellerId: Id,
  orderId: Id,
  codeId: Id,
  taskId: TaskId,
  text: CodeText,
  payeeId: Id,
  promoterId: Id.nullable(),
  buyer: KeyedBuyer.optional(),
  paidAt: Timestamp,
  currency: CurrencyCode,
  lines: z.array(JudgedLine).min(1),
  plan: PinnedPlan,
  /** What the order earns if nothing is refunded: an estimate until it is confirmed. */
  commissionMinor: SignedMinor,
  confirmation: Confirmation.optional(),
  hold: HoldReason.optional(),
  contentHash: Sha256,
  /** The streams that the verdict rests on, and how far each was known. */
  judgedOn: z.array(EventRef),
});
export type Verdict = z.infer<typeof Verdict>;

/** Counts against the limits until released. */
export const RedemptionReserved = event('RedemptionReserved', {
  verdict: Verdict,
  occurredAt: Timestamp,
});
export type RedemptionReserved = z.infer<typeof RedemptionReserved>;

/** Only once the order's stream holds a rejection or names another reservation. */
export const RedemptionReleased = event('RedemptionReleased', {
  codeId: Id,
  orderId: Id,
  reservation: EventRef,
  settledBy: EventRef,
  occurredAt: Timestamp,
});
export type RedemptionReleased = z.infer<typeof RedemptionReleased>;

export const PromoCodeEvent = z.discriminatedUnion('type', [
  CodeCreated,
  AffiliateEnabled,
  AffiliateDisabled,
  RewardPlanChanged,
  CodePaused,
  CodeResumed,
  CodeClosed,
  RedemptionReserved,
  RedemptionReleased,
]);
export type PromoCodeEvent = z.infer<typeof PromoCodeEvent>;
