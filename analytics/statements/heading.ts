// A document of the SQL way put together: the engine gives the text before, after and of each
// line; here they are joined and hashed as bytes, and the lines added up once more in bigint.
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

/** The lines of one document, in order. */
export class DocumentLines {
  readonly pieces: Uint8Array[] = [];
  count = 0;
  sum = 0n;

  /** UTF-8 of some lines, each with a comma after it. */
  add(pieces: Iterable<Uint8Array>, amounts: readonly bigint[]): void {
    for (const piece of pieces) this.pieces.push(piece);
    this.count += amounts.length;
    for (const amount of amounts) this.sum += amount;
  }
}

const BRACKET = ']'.charCodeAt(0);

/** Throws AmountDiffers when the lines do not add up to what the engine says. */
export function documentOf({ of, head, tail }: Heading, lines: DocumentLines): SqlDocument {
  assertTotals(of, lines);
  const input = lines.count > 0 ? [Buffer.from(head), ...lines.pieces] : [Buffer.from(`${head},`)];
  // The bracket takes the place of the comma after the last line.
  const last = input.at(-1)!;
  last[last.length - 1] = BRACKET;
  const hash = createHash('sha256');
  for (const piece of input) hash.update(piece);
  const inputSha256 = hash.copy().digest('hex');
  const end = Buffer.from(tail);
  const documentSha256 = hash.update(end).digest('hex');
  return { statement: { ...of, inputSha256, documentSha256 }, pieces: [...input, end] };
}

function assertTotals(of: Heading['of'], { count, sum }: DocumentLines): void {
  const closing = (BigInt(of.openingMinor) + sum).toString();
  const isSame = sum.toString() === of.linesMinor && closing === of.closingMinor;
  if (isSame && count === of.lineCount) return;
  throw new AmountDiffers(
    `${of.payeeId} ${of.currency}: ${count} lines add up to ${sum}, ` +
      `SQL says ${of.lineCount} and ${of.linesMinor}, closing ${of.closingMinor}`,
  );
}
