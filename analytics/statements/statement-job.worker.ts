// The child process of a statement run: takes one request, says how it goes on, answers once.
import type { Progress, Workspace } from '../workspace.ts';
import { computeRun } from './compute-run.ts';
import type { ComputedRun } from './run.ts';

export interface JobRequest {
  readonly workspace: Workspace;
  readonly period: string;
}

export type JobMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'run'; readonly run: ComputedRun }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

process.once('message', (request: JobRequest) => void answer(request));
process.once('disconnect', () => process.exit(1));

async function answer({ workspace, period }: JobRequest): Promise<void> {
  const tell = (progress: Progress) => send({ kind: 'progress', progress });
  try {
    await send({ kind: 'run', run: await computeRun(workspace, period, tell) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    await send({ kind: 'error', name, message });
  }
  process.exit(0);
}

/** Resolves once the parent's end of the pipe has it. */
function send(message: JobMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
