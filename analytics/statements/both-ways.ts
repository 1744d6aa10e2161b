// A period's statements both ways: SQL over the lake and the fold over the log, side by side. Every
// document must be the same to the byte, or the first line that differs is named and nothing is
// handed on.
import { createHash } from 'node:crypto';
import type { Folded } from './fold/fold-statements.ts';
import { firstDifference } from './difference.ts';
import { inRunOrder, WaysDiffer, type ComputedStatement } from './run.ts';
import type { SqlDocument, SqlWay } from './sql-way.ts';

export interface BothWays {
  readonly sql: SqlWay;
  readonly fold: () => Promise<Folded>;
  /** The fold's text of one document, for saying where it differs. */
  readonly foldedText: (of: {
    readonly payeeId: string;
    readonly currency: string;
  }) => Promise<string | undefined>;
  /** Called with each document on which both agree, in order of payee, then currency. */
  readonly onDocument: (statement: ComputedStatement, text: string) => Promise<void> | void;
}

/** Rejects with AmountDiffers or WaysDiffer. */
export async function computeBothWays(ways: BothWays): Promise<readonly ComputedStatement[]> {
  const [computed, folding] = await Promise.allSettled([ways.sql.compute(), ways.fold()]);
  if (computed.status === 'rejected') throw computed.reason;
  if (folding.status === 'rejected') throw folding.reason;
  const folded = folding.value.statements;
  let agreed = 0;
  for await (const document of ways.sql.documents()) {
    const other = folded[agreed];
    if (!other || !isSame(document, other)) throw await difference(ways, document, other);
    await ways.onDocument(other, document.text);
    agreed += 1;
  }
  const missing = folded[agreed];
  if (missing) throw new WaysDiffer(`${nameOf(missing)}: the fold has a statement, SQL has none`);
  return folded;
}

function isSame(document: SqlDocument, folded: ComputedStatement): boolean {
  return (
    inRunOrder(document, folded) === 0 &&
    hashOf(document.text) === folded.documentSha256 &&
    hashOf(document.input) === folded.inputSha256 &&
    document.openingMinor === folded.openingMinor &&
    document.linesMinor === folded.linesMinor &&
    document.closingMinor === folded.closingMinor &&
    document.lineCount === folded.lineCount
  );
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

async function difference(
  ways: BothWays,
  document: SqlDocument,
  other: ComputedStatement | undefined,
): Promise<WaysDiffer> {
  const order = other ? inRunOrder(document, other) : -1;
  if (order > 0) return new WaysDiffer(`${nameOf(other!)}: the fold has a statement, SQL has none`);
  if (order < 0)
    return new WaysDiffer(`${nameOf(document)}: SQL has a statement, the fold has none`);
  const text = (await ways.foldedText(document)) ?? '';
  const where = firstDifference({ name: 'SQL', text: document.text }, { name: 'the fold', text });
  return new WaysDiffer(`${nameOf(document)}: ${where ?? 'only the totals differ'}`);
}

const nameOf = ({ payeeId, currency }: { payeeId: string; currency: string }) =>
  `${payeeId} ${currency}`;
