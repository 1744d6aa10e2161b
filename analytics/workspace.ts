// Where analytics finds things: the log that everything is computed from, and the files beside it
// that can be computed again. Plain values, so that a workspace can be handed to a child process.
import { join } from 'node:path';
import type { LogSource, SqliteSource } from '#event-store/log-source.ts';

/**
 * The SQL engine that statements are computed on. A URL may hold a password: it is never
 * printed.
 */
export type EngineChoice =
  | { readonly kind: 'duckdb'; readonly threads?: number }
  | ({ readonly kind: 'clickhouse' } & ClickHouseTarget);

/** One node of a server or cluster: a run keeps to the node that the URL names. */
export interface ClickHouseTarget {
  /** http(s)://user:password@host:port */
  readonly url: string;
  readonly database: string;
  /** Tables are then replicated and distributed over this cluster. */
  readonly cluster?: string;
}

export interface Workspace {
  readonly log: LogSource;
  /** Default DuckDB. */
  readonly engine?: EngineChoice;
  /** The columnar copy of the log. */
  readonly lakeDirectory: string;
  /** Statement documents by content hash. */
  readonly documentsFile: string;
}

/** What is computed from this log is kept in the data directory. */
export function workspaceIn(
  dataDirectory: string,
  log: LogSource,
  engine?: EngineChoice,
): Workspace {
  return {
    log,
    ...(engine && { engine }),
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
