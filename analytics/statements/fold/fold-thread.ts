// Runs the fold on a thread of its own, so that it takes one core while SQL has the other. The
// thread opens the log for itself.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogSource } from '#event-store/log-source.ts';
import { AmountDiffers, RunRefused } from '../run.ts';
import type { Folded, FoldScope } from './fold-statements.ts';

export interface FoldRequest extends FoldScope {
  readonly source: LogSource;
  /** Where to leave what stays open after the period; nothing is left without it. */
  readonly leaveIn?: string;
}

export type FoldMessage =
  | { readonly kind: 'progress'; readonly logIndex: number }
  | { readonly kind: 'folded'; readonly folded: Folded }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

export interface RunningFold {
  /** Rejects with AmountDiffers or RunRefused. */
  readonly folded: Promise<Folded>;
  /** Ends it early; `folded` then rejects. */
  readonly stop: () => Promise<unknown>;
}

const WORKER = new URL(`./fold.worker${extname(import.meta.url)}`, import.meta.url);

export function startFold(
  request: FoldRequest,
  onProgress: (logIndex: number) => void = () => undefined,
): RunningFold {
  const worker = new Worker(WORKER, { workerData: request });
  const folded = new Promise<Folded>((resolve, reject) => {
    worker.on('message', (message: FoldMessage) => {
      if (message.kind === 'progress') onProgress(message.logIndex);
      else if (message.kind === 'folded') resolve(message.folded);
      else reject(errorOf(message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the fold ended early (exit code ${code})`)));
  });
  folded.catch(() => undefined);
  return { folded, stop: () => worker.terminate() };
}

function errorOf({ name, message }: { name: string; message: string }): Error {
  const kind = [AmountDiffers, RunRefused].find((candidate) => candidate.name === name);
  return kind ? new kind(message) : new Error(`${name}: ${message}`);
}
