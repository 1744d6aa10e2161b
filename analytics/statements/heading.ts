// A document of the SQL way put together: the engine gives the text before, after and of each
// line; here the lines are joined, hashed, and added up once more in bigint.
import { createHash } from 'node:crypto';
import { AmountDiffers, type ComputedStatement, type RunOf } from './run.ts';
import type { SqlDocument } from './sql-way.ts';

/** A statement but for its hashes, and the text that stands before and after its lines. */
export interface Heading {
  readonly of: Omit<ComputedStatement, 'inputSha256' | 'documentSha256'>;
  readonly head: string;
  readonly tail: string;
}

/** A row of the engine's headings; all columns but the count are text. */
export function headingOf(row: Readonly<Record<string, unknown>>, run: RunOf): Heading {
  const text = (column: string) => String(row[column]);
  const of = {
    payeeId: text('payee_id'),
    period: run.period,
    currency: text('currency'),
    cutoffLogIndex: run.cutoffLogIndex,
    rulesVersion: run.rulesVersion,
    openingMinor: text('opening_minor'),
    lineCount: Number(row['line_count']),
    linesMinor: text('lines_minor'),
    otherMinor: '0',
    closingMinor: text('closing_minor'),
  };
  return { of, head: text('head'), tail: text('tail') };
}

/** Throws AmountDiffers when the lines do not add up to what the engine says. */
export function documentOf(
  { of, head, tail }: Heading,
  lines: readonly string[],
  sum: bigint,
): SqlDocument {
  assertTotals(of, lines.length, sum);
  const input = `${head}${lines.join(',')}]`;
  const hash = createHash('sha256').update(input);
  const inputSha256 = hash.copy().digest('hex');
  const documentSha256 = hash.update(tail).digest('hex');
  return { statement: { ...of, inputSha256, documentSha256 }, text: input + tail };
}

function assertTotals(of: Heading['of'], count: number, sum: bigint): void {
  const closing = (BigInt(of.openingMinor) + sum).toString();
  const isSame = sum.toString() === of.linesMinor && closing === of.closingMinor;
  if (isSame && count === of.lineCount) return;
  throw new AmountDiffers(
    `${of.payeeId} ${of.currency}: ${count} lines add up to ${sum}, ` +
      `SQL says ${of.lineCount} and ${of.linesMinor}, closing ${of.closingMinor}`,
  );
}
