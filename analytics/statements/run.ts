// What a statement run computes: one summary for each payee and currency, totals, and the manifest
// that lists them, whose hash stands for the whole run.
import { createHash } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { StatementIssued } from '#ledger/payee.events.ts';
import type { StatementTotals } from '#ledger/programme.events.ts';

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

/** Both ways must agree before anything is issued; the message names the first difference. */
export class WaysDiffer extends Error {
  override readonly name = 'WaysDiffer';
}

/** An event says another amount than its base and pinned plan give, or none can be computed. */
export class AmountDiffers extends Error {
  override readonly name = 'AmountDiffers';
}

/** The log does not hold what the run rests on: its closing, or the balances issued before. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

export type RunOf = Pick<ComputedRun, 'period' | 'cutoffLogIndex' | 'rulesVersion'>;

/** The run of these statements, and the manifest's text: it can be computed again by anyone. */
export function completedRun(
  { period, cutoffLogIndex, rulesVersion }: RunOf,
  statements: readonly ComputedStatement[],
): { readonly run: ComputedRun; readonly manifest: string } {
  const of = { period, cutoffLogIndex, rulesVersion };
  const totals = totalsOf(statements);
  const listed = statements.map(
    ({ period: _period, cutoffLogIndex: _cutoff, rulesVersion: _rules, ...each }) => each,
  );
  const format = 'promo-ledger statement run 1';
  const manifest = canonicalJson({ format, ...of, statements: listed, totals });
  return { run: { ...of, statements, totals, manifestSha256: sha256(manifest) }, manifest };
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Text order of payee, then currency: ids are ASCII, so it is also the order of bytes in SQL. */
export function inRunOrder(
  left: Pick<ComputedStatement, 'payeeId' | 'currency'>,
  right: Pick<ComputedStatement, 'payeeId' | 'currency'>,
): number {
  return compare(left.payeeId, right.payeeId) || compare(left.currency, right.currency);
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

function totalsOf(statements: readonly ComputedStatement[]): StatementTotals[] {
  const byCurrency = Map.groupBy(statements, ({ currency }) => currency);
  return [...byCurrency.keys()].sort(compare).map((currency) => {
    const each = byCurrency.get(currency)!;
    const sum = (amountOf: (statement: ComputedStatement) => string) =>
      each.reduce((total, statement) => total + BigInt(amountOf(statement)), 0n).toString();
    return {
      currency,
      statementCount: each.length,
      lineCount: each.reduce((count, { lineCount }) => count + lineCount, 0),
      openingMinor: sum(({ openingMinor }) => openingMinor),
      linesMinor: sum(({ linesMinor }) => linesMinor),
      otherMinor: sum(({ otherMinor }) => otherMinor),
      closingMinor: sum(({ closingMinor }) => closingMinor),
    };
  });
}
