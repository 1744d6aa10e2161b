// Stream `programme`: the rules of the programme and the closing of its periods.
import { z } from 'zod';
import { event } from './decider.ts';
import { CurrencyCode, Period, Sha256, SignedMinor, Timestamp } from './values.ts';

export const ProgrammeRules = z.strictObject({
  firstPeriod: Period,
  /** A period closes no sooner than this after its end. */
  graceHours: z.int().min(0).max(2_160),
  /** A confirmed commission clears this many days of 86,400 s after its confirmation. */
  holdDays: z.int().min(0).max(365),
  /** A confirmation later than this many days after payment is refused; that day included. */
  confirmationLimitDays: z.int().min(1).max(3_650),
});
export type ProgrammeRules = z.infer<typeof ProgrammeRules>;

export const ProgrammeRulesSet = event('ProgrammeRulesSet', {
  version: z.int().min(1),
  ...ProgrammeRules.shape,
  occurredAt: Timestamp,
});
export type ProgrammeRulesSet = z.infer<typeof ProgrammeRulesSet>;

/** Carries no number: its own place in the log is the period's cutoff. */
export const PeriodClosed = event('PeriodClosed', {
  period: Period,
  rulesVersion: z.int().min(1),
  occurredAt: Timestamp,
});
export type PeriodClosed = z.infer<typeof PeriodClosed>;

export const StatementTotals = z.strictObject({
  currency: CurrencyCode,
  statementCount: z.int().min(0),
  lineCount: z.int().min(0),
  openingMinor: SignedMinor,
  linesMinor: SignedMinor,
  otherMinor: SignedMinor,
  closingMinor: SignedMinor,
});
export type StatementTotals = z.infer<typeof StatementTotals>;

export const StatementRunCompleted = event('StatementRunCompleted', {
  period: Period,
  cutoffLogIndex: z.int().min(0),
  statementCount: z.int().min(0),
  totals: z.array(StatementTotals),
  manifestSha256: Sha256,
  occurredAt: Timestamp,
});
export type StatementRunCompleted = z.infer<typeof StatementRunCompleted>;

export const ProgrammeEvent = z.discriminatedUnion('type', [
  ProgrammeRulesSet,
  PeriodClosed,
  StatementRunCompleted,
]);
export type ProgrammeEvent = z.infer<typeof ProgrammeEvent>;
