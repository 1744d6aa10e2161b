// What an order is, as it came from the seller's platform, with the buyer already replaced.
import { z } from 'zod';
import { AmountMinor, CodeText, CurrencyCode, ForeignId, Id, Timestamp } from './values.ts';

export const OrderLine = z.strictObject({
  lineId: ForeignId,
  productId: ForeignId,
  quantity: z.int().min(1).max(1_000_000),
  /** For the whole line, before this code; minimum spend looks at it. */
  listMinor: AmountMinor,
  /** For the whole line, after all discounts, without tax and shipping; commission is on it. */
  paidMinor: AmountMinor,
});
export type OrderLine = z.infer<typeof OrderLine>;

export const MAX_ORDER_LINES = 2_000;

const MAX_LINES_BYTES = 256 * 1024;
/** The most that a line of an order or a refund takes: two ids, every character of them escaped. */
const MAX_LINE_BYTES = 1_024;
const utf8 = new TextEncoder();

/**
 * What every event about an order copies is bounded, so that whatever follows from a stored fact
 * fits one append: an order whose reservation is stored can always be attributed and refunded.
 */
export const areLinesWithinSize = (lines: readonly object[]): boolean =>
  lines.length * MAX_LINE_BYTES <= MAX_LINES_BYTES ||
  utf8.encode(JSON.stringify(lines)).byteLength <= MAX_LINES_BYTES;

/** The keyed hash of a buyer's id: 128 bits of HMAC-SHA-256 in base64url. */
export const KeyedBuyer = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
export type KeyedBuyer = z.infer<typeof KeyedBuyer>;

export const OrderContent = z.strictObject({
  sellerId: Id,
  orderId: Id,
  /** Null when what was typed cannot be a code: it may be anything, so it is not kept. */
  text: CodeText.nullable(),
  currency: CurrencyCode,
  paidAt: Timestamp,
  buyer: KeyedBuyer.optional(),
  lines: z.array(OrderLine).min(1).max(MAX_ORDER_LINES),
});
export type OrderContent = z.infer<typeof OrderContent>;

/** A line as a verdict stores it. */
export const JudgedLine = z.strictObject({ ...OrderLine.shape, eligible: z.boolean() });
export type JudgedLine = z.infer<typeof JudgedLine>;

/** The confirmation that came with an order. */
export const Confirmation = z.strictObject({ confirmedAt: Timestamp });
export type Confirmation = z.infer<typeof Confirmation>;

/** Why the commission of an order is held, and by which person or rule. */
export const HoldReason = z.strictObject({
  reason: z.string().min(1).max(200),
  by: z.string().min(1).max(64),
});
export type HoldReason = z.infer<typeof HoldReason>;
