// A statement, whole: the canonical JSON (RFC 8785) of this shape is the statement. It names no
// engine, no program version and no clock; everything that an amount was computed from is in it.
import { z } from 'zod';
import { LineBase } from '#ledger/order.events.ts';
import { PinnedPlan } from '#ledger/reward.ts';
import {
  CodeText,
  CurrencyCode,
  EventRef,
  Id,
  Period,
  SignedMinor,
  Timestamp,
} from '#ledger/values.ts';

export const DOCUMENT_FORMAT = 'promo-ledger statement 1';

/** What a posting on a payee's pending account is, by the event that made it. */
export const KIND_OF = {
  OrderConfirmed: 'earning',
  OrderRefunded: 'reversal',
  RefundCancelled: 'restoration',
  OrderInvalidated: 'invalidation',
  CommissionHeld: 'hold',
  CommissionReleased: 'release',
} as const;
export type MoneyEventType = keyof typeof KIND_OF;

export const LineKind = z.enum(Object.values(KIND_OF));
export type LineKind = z.infer<typeof LineKind>;

/** One posting on the payee's pending account, with the base and the plan that give its amount. */
export const StatementLine = z.strictObject({
  amountMinor: SignedMinor,
  base: z.array(LineBase),
  clearsAt: Timestamp,
  codeId: Id,
  event: EventRef,
  kind: LineKind,
  /** It cleared before the period began. */
  late: z.boolean(),
  logIndex: z.int().min(0),
  net: z.strictObject({ afterMinor: SignedMinor, beforeMinor: SignedMinor }),
  occurredAt: Timestamp,
  orderId: Id,
  plan: PinnedPlan,
  sellerId: Id,
  text: CodeText,
});
export type StatementLine = z.infer<typeof StatementLine>;

/** A posting on the payable account that no line of a statement made. */
export const OtherPosting = z.strictObject({
  amountMinor: SignedMinor,
  event: EventRef,
  logIndex: z.int().min(0),
  occurredAt: Timestamp,
});

export const DocumentTotals = z.strictObject({
  byKind: z.record(LineKind, SignedMinor),
  closingMinor: SignedMinor,
  lateMinor: SignedMinor,
  lineCount: z.int().min(0),
  linesMinor: SignedMinor,
  openingMinor: SignedMinor,
  otherMinor: SignedMinor,
});
export type DocumentTotals = z.infer<typeof DocumentTotals>;

/** Members in canonical order: a document can be hashed while its lines are still coming in. */
export const StatementDocument = z.strictObject({
  currency: CurrencyCode,
  /** The logIndex of the period's `PeriodClosed`: only events before it count. */
  cutoffLogIndex: z.int().min(0),
  format: z.literal(DOCUMENT_FORMAT),
  /** In log order. */
  lines: z.array(StatementLine),
  other: z.array(OtherPosting),
  payeeId: Id,
  period: Period,
  rulesVersion: z.int().min(1),
  totals: DocumentTotals,
});
export type StatementDocument = z.infer<typeof StatementDocument>;

export function parseDocument(text: string): StatementDocument {
  return StatementDocument.parse(JSON.parse(text));
}
