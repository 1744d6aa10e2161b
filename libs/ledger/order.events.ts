// Stream `order-{seller}/{order}`: the one outcome of an order and everything that happened to it.
// Every event that moves money carries a movement: what is needed to compute its amount again.
import { z } from 'zod';
import { event } from './decider.ts';
import { HoldReason, JudgedLine, OrderContent } from './order-content.ts';
import { Verdict } from './promo-code.events.ts';
import { PinnedPlan } from './reward.ts';
import {
  AmountMinor,
  CodeText,
  CurrencyCode,
  EventRef,
  ForeignId,
  Id,
  Sha256,
  SignedMinor,
  Timestamp,
} from './values.ts';

/** The earning base of a line before and after; 0 before a confirmation. */
export const LineBase = z.strictObject({
  lineId: ForeignId,
  beforeMinor: AmountMinor,
  afterMinor: AmountMinor,
});
export type LineBase = z.infer<typeof LineBase>;

/**
 * Money that an event moves. amountMinor = earned(plan, after) - earned(plan, before), taken over
 * the eligible lines that it touches (rate) or over `net`, the eligible net of the whole order
 * (fixed fee). Never zero: an event that moves nothing carries no movement. A hold and a release
 * carry what remains: before is 0, after is the base that earned it.
 */
export const Movement = z.strictObject({
  payeeId: Id,
  sellerId: Id,
  codeId: Id,
  text: CodeText,
  currency: CurrencyCode,
  /** Where it is posted; a hold goes from pending to held, a release from held to pending. */
  account: z.enum(['pending', 'held']),
  plan: PinnedPlan,
  lines: z.array(LineBase),
  net: z.strictObject({ beforeMinor: SignedMinor, afterMinor: SignedMinor }),
  amountMinor: SignedMinor,
  /** From when on it may be stated. */
  clearsAt: Timestamp,
});
export type Movement = z.infer<typeof Movement>;

const order = { sellerId: Id, orderId: Id, occurredAt: Timestamp };

export const OrderAttributed = event('OrderAttributed', {
  verdict: Verdict,
  reservation: EventRef,
  occurredAt: Timestamp,
});
export type OrderAttributed = z.infer<typeof OrderAttributed>;

/** In order of precedence: the first that applies is stored. */
export const OrderRejectionReason = z.enum([
  'unknown_code',
  'seller_not_enrolled',
  'currency_differs',
  'outside_redemption_window',
  'code_closed',
  'code_paused',
  'affiliate_switch_off',
  'no_eligible_product',
  'below_minimum_spend',
  'self_purchase',
  'buyer_missing',
  'total_limit_reached',
  'buyer_limit_reached',
]);
export type OrderRejectionReason = z.infer<typeof OrderRejectionReason>;

export const OrderRejected = event('OrderRejected', {
  ...OrderContent.shape,
  lines: z.array(JudgedLine).min(1),
  reason: OrderRejectionReason,
  /** The code that the text led to, if it led to one. */
  codeId: Id.nullable(),
  contentHash: Sha256,
  judgedOn: z.array(EventRef),
  occurredAt: Timestamp,
});
export type OrderRejected = z.infer<typeof OrderRejected>;

export const OrderConfirmed = event('OrderConfirmed', {
  ...order,
  rulesVersion: z.int().min(1),
  clearsAt: Timestamp,
  movement: Movement.optional(),
});
export type OrderConfirmed = z.infer<typeof OrderConfirmed>;

export const LineAmount = z.strictObject({ lineId: ForeignId, amountMinor: AmountMinor });
export type LineAmount = z.infer<typeof LineAmount>;

/** A refund names lines, or an amount (or everything left) for the whole order, to be spread. */
export const RefundRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lines'), lines: z.array(LineAmount).min(1).max(2_000) }),
  z.strictObject({ kind: z.literal('amount'), amountMinor: AmountMinor }),
  z.strictObject({ kind: z.literal('everything') }),
]);
export type RefundRequest = z.infer<typeof RefundRequest>;

const refund = { ...order, refundId: ForeignId, contentHash: Sha256, currency: CurrencyCode };

export const OrderRefunded = event('OrderRefunded', {
  ...refund,
  request: RefundRequest,
  /** What it took from each line, eligible or not: a cancellation restores exactly this. */
  spread: z.array(LineAmount).min(1),
  movement: Movement.optional(),
});
export type OrderRefunded = z.infer<typeof OrderRefunded>;

export const RefundRefused = event('RefundRefused', {
  ...refund,
  request: RefundRequest,
  reason: z.enum(['unknown_line', 'more_than_remains', 'currency_differs']),
  lineId: ForeignId.nullable(),
  remainingMinor: SignedMinor.nullable(),
});
export type RefundRefused = z.infer<typeof RefundRefused>;

export const RefundCancelled = event('RefundCancelled', {
  ...order,
  refundId: ForeignId,
  /** Empty when it removed a parked refund. */
  restored: z.array(LineAmount),
  movement: Movement.optional(),
});
export type RefundCancelled = z.infer<typeof RefundCancelled>;

export const OrderInvalidated = event('OrderInvalidated', {
  ...order,
  reason: z.string().min(1).max(200),
  movement: Movement.optional(),
});
export type OrderInvalidated = z.infer<typeof OrderInvalidated>;

export const RefundParked = event('RefundParked', { ...refund, request: RefundRequest });
export type RefundParked = z.infer<typeof RefundParked>;

export const ConfirmationParked = event('ConfirmationParked', order);
export type ConfirmationParked = z.infer<typeof ConfirmationParked>;

export const CommissionHeld = event('CommissionHeld', {
  ...order,
  ...HoldReason.shape,
  movement: Movement.optional(),
});
export type CommissionHeld = z.infer<typeof CommissionHeld>;

export const CommissionReleased = event('CommissionReleased', {
  ...order,
  ...HoldReason.shape,
  movement: Movement.optional(),
});
export type CommissionReleased = z.infer<typeof CommissionReleased>;

export const OrderEvent = z.discriminatedUnion('type', [
  OrderAttributed,
  OrderRejected,
  OrderConfirmed,
  OrderRefunded,
  RefundRefused,
  RefundCancelled,
  OrderInvalidated,
  RefundParked,
  ConfirmationParked,
  CommissionHeld,
  CommissionReleased,
]);
export type OrderEvent = z.infer<typeof OrderEvent>;
