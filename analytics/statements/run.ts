// What a statement run computes: one summary for each payee and currency, totals, and the hash of
// the manifest that lists them.
import type { StatementTotals } from '#ledger/programme.events.ts';
import type { StatementIssued } from '#ledger/payee.events.ts';

/** The data of StatementIssued, but for the time at which it is issued. */
export type ComputedStatement = Omit<StatementIssued['data'], 'occurredAt'>;

export interface ComputedRun {
  readonly period: string;
  readonly cutoffLogIndex: number;
  readonly rulesVersion: number;
  /** In order of payee, then currency. */
  readonly statements: readonly ComputedStatement[];
  /** In order of currency. */
  readonly totals: readonly StatementTotals[];
  readonly manifestSha256: string;
}

/** Both ways must agree before anything is issued; the message names the first line that differs. */
export class WaysDiffer extends Error {
  override readonly name = 'WaysDiffer';
}

/** An event says another amount than its base and pinned plan give, or cannot be computed at all. */
export class AmountDiffers extends Error {
  override readonly name = 'AmountDiffers';
}
