// A statement run from beginning to end, in this process: lake up to the cutoff, both ways,
// documents kept, and what the next close starts from. Nothing is appended to the log.
import type { EventLogReader } from '#event-store/port.ts';
import { openEngine, type Engine } from '../duckdb/engine.ts';
import { syncLakeFrom } from '../lake/lake.ts';
import { lakeFiles } from '../lake/lake-files.ts';
import { spillDirectory } from '../lake/segments.ts';
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
import { duckdbWay } from './duckdb/duckdb-way.ts';
import { foldStatements } from './fold/fold-statements.ts';
import type { FoldScope } from './fold/fold-statements.ts';
import { startFold, type RunningFold } from './fold/fold-thread.ts';
import { closingsAfter, type Closing } from './period-closings.ts';
import { completedRun, RunRefused, type ComputedRun } from './run.ts';
import type { SqlInput } from './sql-way.ts';

/** In a process of its own. Texts that are put together cannot be spilled: 300 MB were too few. */
const MEMORY_MB = 1_024;

/** Rejects with AmountDiffers, WaysDiffer, RunRefused, LakeDamaged, LakeBusy. */
export function computeRun(
  workspace: Workspace,
  period: string,
  onProgress: OnProgress = () => undefined,
): Promise<ComputedRun> {
  return withLog(workspace.log, async (log) => {
    const lake = workspace.lakeDirectory;
    const carry = await carryBefore(log, lake, period);
    const closings = await closingsUpTo(log, period, carry);
    const closing = closings.at(-1)!;
    await syncLakeFrom(log, lake, { until: closing.cutoffLogIndex, onProgress });
    const after = carry?.cutoffLogIndex ?? -1;
    const files = await lakeFiles(lake, { after, until: closing.cutoffLogIndex });
    const engine = await openEngine({ memoryMb: MEMORY_MB, spillDirectory: spillDirectory(lake) });
    try {
      const run = new Run({ log, workspace, closings, carry, engine, onProgress });
      return await run.complete({ ...files, period, cutoffLogIndex: closing.cutoffLogIndex });
    } finally {
      engine.close();
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
  readonly engine: Engine;
  readonly onProgress: OnProgress;
}

class Run {
  readonly #parts: RunParts;
  readonly #closing: Closing;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#closing = parts.closings.at(-1)!;
  }

  async complete(sqlInput: SqlInput): Promise<ComputedRun> {
    const { workspace, engine, log, onProgress } = this.#parts;
    const lake = workspace.lakeDirectory;
    const left = pathsIn(newCarryDirectory(lake, this.#closing.period));
    const sql = duckdbWay(engine.connection, { ...sqlInput, ...this.#sqlCarry() });
    const documents = openDocumentWriter(workspace);
    try {
      let kept = 0;
      const statements = await computeBothWays({
        sql,
        fold: this.#startFold(left.fold),
        foldedText: async (only) => (await foldStatements({ ...this.#scope(), log, only })).text,
        onDocument: ({ statement, text }) => {
          documents.put(statement.documentSha256, text);
          kept += 1;
          if (kept % 1_000 === 0) onProgress({ stage: 'documents', done: kept, total: 0 });
        },
      });
      const { run, manifest } = completedRun(this.#closing, statements);
      documents.put(run.manifestSha256, manifest);
      documents.commit();
      await sql.leaveCarry({ entriesFile: left.entries, balancesFile: left.balances });
      const { manifestSha256 } = run;
      await keepCarry({ lake, logId: log.logId, closing: this.#closing, manifestSha256 });
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

  #sqlCarry(): Pick<SqlInput, 'carry'> {
    const { carry } = this.#parts;
    if (!carry) return {};
    const paths = this.#carryPaths(carry.period);
    const { cutoffLogIndex } = carry;
    return {
      carry: { cutoffLogIndex, entriesFile: paths.entries, balancesFile: paths.balances },
    };
  }

  #carryPaths(period: string) {
    return pathsIn(carryDirectory(this.#parts.workspace.lakeDirectory, period));
  }
}
