// A period's statements both ways: SQL over the lake and the fold over the log, side by side. All
// of them must be the same to the byte, or the first line that differs is named.
import { canonicalJson } from '#ledger/canonical-json.ts';
import { firstDifference } from './difference.ts';
import type { RunningFold } from './fold/fold-thread.ts';
import { inRunOrder, WaysDiffer, type ComputedStatement } from './run.ts';
import { textOf, type SqlDocument, type SqlWay } from './sql-way.ts';

type Whose = Pick<ComputedStatement, 'payeeId' | 'currency'>;

export interface BothWays {
  readonly sql: SqlWay;
  readonly fold: RunningFold;
  /** The fold's text of one document, for saying where it differs. */
  readonly foldedText: (whose: Whose) => Promise<string | undefined>;
  /** Called with each document as SQL gives it: good only once both ways were found to agree. */
  readonly onDocument: (document: SqlDocument) => void;
}

/** In order of payee, then currency. Rejects with AmountDiffers, WaysDiffer or RunRefused. */
export async function computeBothWays(ways: BothWays): Promise<readonly ComputedStatement[]> {
  try {
    const statements: ComputedStatement[] = [];
    await ways.sql.compute();
    for await (const document of ways.sql.documents()) {
      statements.push(document.statement);
      ways.onDocument(document);
    }
    const folded = await ways.fold.folded;
    const at = statements.findIndex((each, i) => !isSame(each, folded.statements[i]));
    const first = at < 0 ? statements.length : at;
    if (at >= 0 || folded.statements.length > first)
      throw await difference(ways, statements[first], folded.statements[first]);
    return statements;
  } finally {
    await ways.fold.stop();
  }
}

const isSame = (one: ComputedStatement, other: ComputedStatement | undefined) =>
  canonicalJson(one) === canonicalJson(other ?? null);

async function difference(
  ways: BothWays,
  inSql: ComputedStatement | undefined,
  folded: ComputedStatement | undefined,
): Promise<WaysDiffer> {
  if (!inSql || (folded && inRunOrder(folded, inSql) < 0))
    return new WaysDiffer(`${nameOf(folded!)}: the fold has a statement, SQL has none`);
  if (!folded || inRunOrder(inSql, folded) < 0)
    return new WaysDiffer(`${nameOf(inSql)}: SQL has a statement, the fold has none`);
  const texts = [
    { name: 'SQL', text: await sqlText(ways.sql, inSql) },
    { name: 'the fold', text: (await ways.foldedText(folded)) ?? '' },
  ] as const;
  return new WaysDiffer(`${nameOf(inSql)}: ${firstDifference(...texts) ?? 'the totals differ'}`);
}

async function sqlText(sql: SqlWay, whose: Whose): Promise<string> {
  for await (const document of sql.documents())
    if (inRunOrder(document.statement, whose) === 0) return textOf(document);
  return '';
}

const nameOf = ({ payeeId, currency }: Whose) => `${payeeId} ${currency}`;
