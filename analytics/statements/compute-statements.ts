// The statement run of a closed period in a child process, so that the service's loop and memory
// stay its own. The child ends with its parent; what it had kept by then is used by the next run.
import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { ClickHouseRefused, ClickHouseUnreachable } from '../clickhouse/client.ts';
import { ClickHouseDamaged } from '../clickhouse/copied.ts';
import { LakeBusy, LakeDamaged } from '../lake/lake-errors.ts';
import type { OnProgress, Workspace } from '../workspace.ts';
import { AmountDiffers, RunRefused, WaysDiffer, type ComputedRun } from './run.ts';
import type { JobMessage, JobRequest } from './statement-job.worker.ts';

export interface ComputeOptions {
  readonly onProgress?: OnProgress;
  /** Ends the child process. */
  readonly signal?: AbortSignal;
}

const WORKER = new URL(`./statement-job.worker${extname(import.meta.url)}`, import.meta.url);

/** The child's heap; DuckDB's memory is bounded apart from it. */
const EXEC_ARGV = [
  '--max-old-space-size=512',
  '--max-semi-space-size=32',
  '--disable-warning=ExperimentalWarning',
];

/**
 * Computes all statements of a closed period both ways and keeps the documents; when it resolves
 * they are durable. Rejects with what the child said: WaysDiffer, AmountDiffers, LakeDamaged, …
 */
export function computeStatements(
  workspace: Workspace,
  period: string,
  { onProgress, signal }: ComputeOptions = {},
): Promise<ComputedRun> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, {
      execArgv: EXEC_ARGV,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      ...(signal && { signal }),
    });
    child.on('message', (message: JobMessage) => {
      if (message.kind === 'progress') onProgress?.(message.progress);
      else if (message.kind === 'run') resolve(message.run);
      else reject(errorOf(message));
    });
    child.on('error', reject);
    child.on('exit', (code, by) =>
      reject(new Error(`the statement job ended early (${by ?? `exit code ${code}`})`)),
    );
    child.send({ workspace, period } satisfies JobRequest);
  });
}

const KINDS = [
  WaysDiffer,
  AmountDiffers,
  RunRefused,
  LakeDamaged,
  LakeBusy,
  ClickHouseUnreachable,
  ClickHouseRefused,
  ClickHouseDamaged,
];

function errorOf({ name, message }: { name: string; message: string }): Error {
  const kind = KINDS.find((candidate) => candidate.name === name);
  return kind ? new kind(message) : new Error(`${name}: ${message}`);
}
