// Stream `payee-{id}`: the statements of one influencer or agency.
import { z } from 'zod';
import { event } from './decider.ts';
import { CurrencyCode, Id, Period, Sha256, SignedMinor, Timestamp } from './values.ts';

/** Closing = opening + lines + other postings on payable between the two cutoffs. */
export const StatementIssued = event('StatementIssued', {
  payeeId: Id,
  period: Period,
  currency: CurrencyCode,
  cutoffLogIndex: z.int().min(0),
  rulesVersion: z.int().min(1),
  openingMinor: SignedMinor,
  lineCount: z.int().min(0),
  linesMinor: SignedMinor,
  otherMinor: SignedMinor,
  closingMinor: SignedMinor,
  /** Of the entries in canonical order, and of the canonical JSON document. */
  inputSha256: Sha256,
  documentSha256: Sha256,
  occurredAt: Timestamp,
});
export type StatementIssued = z.infer<typeof StatementIssued>;

export const PayeeEvent = StatementIssued;
export type PayeeEvent = z.infer<typeof PayeeEvent>;
