// Recomputes issued statements from the log's first event on, both ways, and compares them with
// what was issued: the event, the kept document, every line. Trusts nothing that an earlier run
// left.
import type { EventLogReader, Place } from '#event-store/port.ts';
import type { StatementIssued } from '#ledger/payee.events.ts';
import type { StatementRunCompleted } from '#ledger/programme.events.ts';
import { payeeStream, PROGRAMME_STREAM } from '#ledger/streams.ts';
import { withLog } from '../log.ts';
import type { OnProgress, Workspace } from '../workspace.ts';
import { computeBothWays, type BothWays } from './both-ways.ts';
import { firstDifference } from './difference.ts';
import { DocumentChanged, openDocuments, type DocumentReader } from './documents.ts';
import { foldStatements } from './fold/fold-statements.ts';
import { startFold } from './fold/fold-thread.ts';
import { closingsAfter, type Closing } from './period-closings.ts';
import { AmountDiffers, completedRun, RunRefused, WaysDiffer } from './run.ts';
import type { ComputedStatement } from './run.ts';
import { openSqlEngine } from './sql-engine.ts';
import { textOf } from './sql-way.ts';

export interface StatementKey {
  readonly payeeId: string;
  readonly currency: string;
  readonly period: string;
}

export type Verification =
  | {
      readonly outcome: 'match';
      readonly documentSha256: string;
      readonly lineCount: number;
      /** False when only the event is left of it; a run writes the document again. */
      readonly isKept: boolean;
    }
  | {
      readonly outcome: 'differs';
      /** Which line, what was issued, what both ways give: for people. */
      readonly difference: string;
    }
  | { readonly outcome: 'not_issued' };

export interface RunVerification {
  readonly period: string;
  /** How many the recomputation gives, and how many of them were issued just so. */
  readonly statements: number;
  readonly matching: number;
  readonly manifestMatches: boolean;
  readonly differences: readonly (StatementKey & { readonly difference: string })[];
}

export interface VerifyOptions {
  readonly onProgress?: OnProgress;
}

export function verifyStatement(
  workspace: Workspace,
  key: StatementKey,
  { onProgress }: VerifyOptions = {},
): Promise<Verification> {
  return withLog(workspace.log, async (log) => {
    const issued = await issuedStatement(log, key);
    if (!issued) return { outcome: 'not_issued' };
    const documents = openDocuments(workspace);
    try {
      const judge = new Judge(documents, new Map([[keyOf(issued), issued]]));
      const from = { log, workspace, period: key.period, ...(onProgress && { onProgress }) };
      await fromZero(from, judge, { payeeId: key.payeeId, currency: key.currency });
      const difference = judge.differences()[0]?.difference;
      if (difference !== undefined) return { outcome: 'differs', difference };
      const { documentSha256, lineCount } = issued;
      const isKept = documents.get(documentSha256) !== undefined;
      return { outcome: 'match', documentSha256, lineCount, isKept };
    } catch (error) {
      return { outcome: 'differs', difference: differenceIn(error) };
    } finally {
      documents.close();
    }
  });
}

export function verifyRun(
  workspace: Workspace,
  period: string,
  { onProgress }: VerifyOptions = {},
): Promise<RunVerification> {
  return withLog(workspace.log, async (log) => {
    const completed = await completedRunOf(log, period);
    if (!completed) throw new RunRefused(`the statement run of ${period} is not complete`);
    const documents = openDocuments(workspace);
    try {
      const judge = new Judge(documents, await issuedIn(log, period));
      const from = { log, workspace, period, ...(onProgress && { onProgress }) };
      const { closing, statements } = await fromZero(from, judge);
      const { run } = completedRun(closing, statements);
      const differences = judge.differences();
      return {
        period,
        statements: statements.length,
        matching: statements.length - differences.length,
        manifestMatches: run.manifestSha256 === completed.manifestSha256,
        differences,
      };
    } finally {
      documents.close();
    }
  });
}

/** Only what a changed log or a changed document gives is a difference; the rest is thrown on. */
function differenceIn(error: unknown): string {
  if (error instanceof AmountDiffers || error instanceof WaysDiffer || error instanceof RunRefused)
    return error.message;
  throw error;
}

interface FromZero {
  readonly log: EventLogReader;
  readonly workspace: Workspace;
  readonly period: string;
  readonly onProgress?: OnProgress;
}

type Only = { readonly payeeId: string; readonly currency: string };

async function fromZero(
  { log, workspace, period, onProgress }: FromZero,
  judge: Judge,
  only?: Only,
): Promise<{ closing: Closing; statements: readonly ComputedStatement[] }> {
  const all = await closingsAfter(log);
  const closings = all.slice(0, all.findIndex((closing) => closing.period === period) + 1);
  const closing = closings.at(-1);
  if (!closing) throw new RunRefused(`${period} is not closed`);
  const { cutoffLogIndex } = closing;
  const engine = await openSqlEngine({ log, workspace, onProgress });
  try {
    const tell = (done: number) => onProgress?.({ stage: 'fold', done, total: cutoffLogIndex });
    const scope = { closings, ...(only && { only }) };
    const ways: BothWays = {
      sql: await engine.way({ period, cutoffLogIndex, ...(only && { only }) }),
      fold: startFold({ ...scope, source: workspace.log }, tell),
      foldedText: async (of) => (await foldStatements({ closings, log, only: of })).text,
      onDocument: (document) => judge.compare(document.statement, textOf(document)),
    };
    return { closing, statements: await computeBothWays(ways) };
  } finally {
    await engine.close();
  }
}

/** Holds what was issued against what both ways give. */
class Judge {
  readonly #documents: DocumentReader;
  readonly #issued: Map<string, StatementIssued['data']>;
  readonly #differences: (StatementKey & { difference: string })[] = [];

  constructor(documents: DocumentReader, issued: ReadonlyMap<string, StatementIssued['data']>) {
    this.#documents = documents;
    this.#issued = new Map(issued);
  }

  compare(statement: ComputedStatement, text: string): void {
    const issued = this.#issued.get(keyOf(statement));
    this.#issued.delete(keyOf(statement));
    const difference = issued ? this.#difference(issued, statement, text) : 'was never issued';
    if (difference !== undefined) this.#add(statement, difference);
  }

  /** What was issued and is not due is a difference too. */
  differences(): readonly (StatementKey & { readonly difference: string })[] {
    for (const issued of this.#issued.values()) this.#add(issued, 'was issued; nothing is due');
    this.#issued.clear();
    return this.#differences;
  }

  #add({ payeeId, currency, period }: StatementKey, difference: string): void {
    this.#differences.push({ payeeId, currency, period, difference });
  }

  #difference(
    { occurredAt: _occurredAt, ...issued }: StatementIssued['data'],
    statement: ComputedStatement,
    text: string,
  ): string | undefined {
    const kept = this.#keptText(issued.documentSha256);
    const document = kept === undefined ? undefined : { name: 'the kept document', text: kept };
    const inText = document && firstDifference(document, { name: 'the log', text });
    if (inText !== undefined) return inText;
    return firstDifference(
      { name: 'StatementIssued', text: JSON.stringify(issued, Object.keys(statement).sort()) },
      { name: 'the log', text: JSON.stringify(statement, Object.keys(statement).sort()) },
    );
  }

  /** A changed document is compared all the same, so that its first changed line is named. */
  #keptText(hash: string): string | undefined {
    try {
      return this.#documents.get(hash);
    } catch (error) {
      if (error instanceof DocumentChanged) return error.text ?? '';
      throw error;
    }
  }
}

const keyOf = ({ payeeId, currency }: Only) => `${payeeId} ${currency}`;

async function issuedStatement(
  log: EventLogReader,
  { payeeId, currency, period }: StatementKey,
): Promise<StatementIssued['data'] | undefined> {
  for (let from = 0; ;) {
    const page = await log.readStream(payeeStream(payeeId), { from });
    const found = page.find(({ type, data }) => {
      const statement = data as StatementIssued['data'];
      const isOf = statement.period === period && statement.currency === currency;
      return type === 'StatementIssued' && isOf;
    });
    if (found) return found.data as StatementIssued['data'];
    if (page.length === 0) return undefined;
    from = page.at(-1)!.revision + 1;
  }
}

async function issuedIn(log: EventLogReader, period: string) {
  const issued = new Map<string, StatementIssued['data']>();
  const closings = await closingsAfter(log);
  let after: Place | undefined = closings.find((closing) => closing.period === period)?.place;
  while (after !== undefined) {
    const page = await log.readAllText({ after, types: ['StatementIssued'] });
    for (const { data } of page) {
      const statement = JSON.parse(data) as StatementIssued['data'];
      if (statement.period === period) issued.set(keyOf(statement), statement);
    }
    after = page.at(-1);
  }
  return issued;
}

async function completedRunOf(log: EventLogReader, period: string) {
  for (let from = 0; ;) {
    const page = await log.readStream(PROGRAMME_STREAM, { from });
    const found = page.find(({ type, data }) => {
      const run = data as StatementRunCompleted['data'];
      return type === 'StatementRunCompleted' && run.period === period;
    });
    if (found) return found.data as StatementRunCompleted['data'];
    if (page.length === 0) return undefined;
    from = page.at(-1)!.revision + 1;
  }
}
