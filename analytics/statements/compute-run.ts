// A statement run from beginning to end, in this process: the SQL engine's copy of the log up to
// the cutoff, both ways, documents kept, and what the next close starts from. Nothing is appended
// to the log.
import type { EventLogReader } from '#event-store/port.ts';
import { withLog } from '../log.ts';
import type { OnProgress, Workspace } from '../workspace.ts';
import { computeBothWays } from './both-ways.ts';
import {
  carryBefore,
  carryDirectory,
  keepCarry,
  newCarryDirectory,
  pathsIn,
  placeOf,
} from './carry.ts';
import type { Carry } from './carry.ts';
import { openDocumentWriter } from './documents.ts';
import { foldStatements } from './fold/fold-statements.ts';
import type { FoldScope } from './fold/fold-statements.ts';
import { startFold, type RunningFold } from './fold/fold-thread.ts';
import { closingsAfter, type Closing } from './period-closings.ts';
import { completedRun, RunRefused, type ComputedRun } from './run.ts';
import { openSqlEngine, type SqlEngine, type SqlRun } from './sql-engine.ts';

/** Rejects with AmountDiffers, WaysDiffer, RunRefused, and what the engine's copy has wrong. */
export function computeRun(
  workspace: Workspace,
  period: string,
  onProgress: OnProgress = () => undefined,
): Promise<ComputedRun> {
  return withLog(workspace.log, async (log) => {
    const engine = await openSqlEngine({ log, workspace, onProgress });
    try {
      const carry = await carryBefore(log, { lake: workspace.lakeDirectory, engine }, period);
      const closings = await closingsUpTo(log, period, carry);
      return await new Run({ log, workspace, closings, carry, engine, onProgress }).complete();
    } finally {
      await engine.close();
    }
  });
}

/** Closings from the carry, or from the log's start, to the period's own. */
export async function closingsUpTo(
  log: EventLogReader,
  period: string,
  carry?: Carry,
): Promise<readonly Closing[]> {
  const closings = await closingsAfter(log, carry && placeOf(carry));
  const at = closings.findIndex((closing) => closing.period === period);
  if (at < 0) throw new RunRefused(`${period} is not closed`);
  return closings.slice(0, at + 1);
}

interface RunParts {
  readonly log: EventLogReader;
  readonly workspace: Workspace;
  readonly closings: readonly Closing[];
  readonly carry: Carry | undefined;
  readonly engine: SqlEngine;
  readonly onProgress: OnProgress;
}

class Run {
  readonly #parts: RunParts;
  readonly #closing: Closing;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#closing = parts.closings.at(-1)!;
  }

  async complete(): Promise<ComputedRun> {
    const { workspace, engine, log, onProgress } = this.#parts;
    const lake = workspace.lakeDirectory;
    const { period, cutoffLogIndex } = this.#closing;
    const sql = await engine.way({ period, cutoffLogIndex, ...this.#sqlCarry() });
    const left = pathsIn(newCarryDirectory(lake, period), engine.kind);
    const documents = openDocumentWriter(workspace);
    try {
      let kept = 0;
      const statements = await computeBothWays({
        sql,
        fold: this.#startFold(left.fold),
        foldedText: async (only) => (await foldStatements({ ...this.#scope(), log, only })).text,
        onDocument: ({ statement, pieces }) => {
          documents.put(statement.documentSha256, ...pieces);
          kept += 1;
          if (kept % 1_000 === 0) onProgress({ stage: 'documents', done: kept, total: 0 });
        },
      });
      const { run, manifest } = completedRun(this.#closing, statements);
      documents.put(run.manifestSha256, Buffer.from(manifest));
      documents.commit();
      await sql.leaveCarry({ entriesFile: left.entries, balancesFile: left.balances });
      const { manifestSha256 } = run;
      const { logId } = log;
      await keepCarry({ lake, engine: engine.kind, logId, closing: this.#closing, manifestSha256 });
      return run;
    } finally {
      documents.close();
    }
  }

  #startFold(leaveIn: string): RunningFold {
    const { onProgress, workspace } = this.#parts;
    const total = this.#closing.cutoffLogIndex;
    return startFold({ ...this.#scope(), source: workspace.log, leaveIn }, (done) =>
      onProgress({ stage: 'fold', done, total }),
    );
  }

  #scope(): FoldScope {
    const { closings, carry } = this.#parts;
    if (!carry) return { closings };
    const { period } = carry;
    const { fold: file } = this.#carryPaths(period);
    return { closings, carry: { period, place: placeOf(carry), file } };
  }

  #sqlCarry(): Pick<SqlRun, 'carry'> {
    const { carry } = this.#parts;
    if (!carry) return {};
    const paths = this.#carryPaths(carry.period);
    const { period, cutoffLogIndex } = carry;
    const files = { entriesFile: paths.entries, balancesFile: paths.balances };
    return { carry: { period, cutoffLogIndex, ...files } };
  }

  #carryPaths(period: string) {
    const { workspace, engine } = this.#parts;
    return pathsIn(carryDirectory(workspace.lakeDirectory, period), engine.kind);
  }
}
