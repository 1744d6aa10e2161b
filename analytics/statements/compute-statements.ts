// The statement run of a closed period, in a child process: lake, SQL, fold, cross-check, documents.
import type { OnProgress, Workspace } from '../workspace.ts';
import type { ComputedRun } from './run.ts';

export interface ComputeOptions {
  readonly onProgress?: OnProgress;
  /** Ends the child process. */
  readonly signal?: AbortSignal;
}

/**
 * Computes all statements of a closed period both ways and keeps the documents; when it resolves
 * they are durable. Rejects with what the child said: WaysDiffer, AmountDiffers, LakeDamaged, …
 */
export function computeStatements(
  _workspace: Workspace,
  _period: string,
  _options: ComputeOptions = {},
): Promise<ComputedRun> {
  throw new Error('not built yet');
}
