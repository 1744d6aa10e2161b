// The columnar copy of the log: immutable Parquet segments, each named by its range of logIndex and
// its SHA-256, and a manifest that names them.
import type { OnProgress, Workspace } from '../workspace.ts';

export interface LakeSync {
  readonly logId: string;
  /** Events in the lake: it holds logIndex 0 to events - 1. */
  readonly events: number;
  /** How many of them this call wrote. */
  readonly added: number;
  readonly segments: number;
}

export interface SyncOptions {
  /** Bring the lake at least up to this logIndex, inclusive. Default: the log's end. */
  readonly until?: number;
  readonly onProgress?: OnProgress;
}

/** A segment is missing, changed or from another log; the message names it and says what to do. */
export class LakeDamaged extends Error {
  override readonly name = 'LakeDamaged';
}

/** Another process is writing the lake. */
export class LakeBusy extends Error {
  override readonly name = 'LakeBusy';
}

/** Brings the lake up to date with the log. Rejects with LakeDamaged or LakeBusy. */
export function syncLake(_workspace: Workspace, _options: SyncOptions = {}): Promise<LakeSync> {
  throw new Error('not built yet');
}
