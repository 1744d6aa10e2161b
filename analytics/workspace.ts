// Where analytics finds things: the log that everything is computed from, and the files beside it
// that can be computed again. Plain values, so that a workspace can be handed to a child process.
import { join } from 'node:path';
import type { LogSource, SqliteSource } from '#event-store/log-source.ts';

export interface Workspace {
  readonly log: LogSource;
  /** The columnar copy of the log. */
  readonly lakeDirectory: string;
  /** Statement documents by content hash. */
  readonly documentsFile: string;
}

/** What is computed from this log is kept in the data directory. */
export function workspaceIn(dataDirectory: string, log: LogSource): Workspace {
  return {
    log,
    lakeDirectory: join(dataDirectory, 'lake'),
    documentsFile: join(dataDirectory, 'documents.db'),
  };
}

/** The workspace of a data directory with the embedded log. */
export function embeddedWorkspace(
  dataDirectory: string,
): Workspace & { readonly log: SqliteSource } {
  const log: SqliteSource = { kind: 'sqlite', file: join(dataDirectory, 'ledger.db') };
  return { ...workspaceIn(dataDirectory, log), log };
}

/** What long work tells whoever waits for it. */
export interface Progress {
  /** `lake`, `sql`, `fold`, `documents`, … */
  readonly stage: string;
  readonly done: number;
  /** Unknown for some stages: then 0. */
  readonly total: number;
}
export type OnProgress = (progress: Progress) => void;
