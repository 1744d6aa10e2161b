// SQL over the lake, for analysts: read only, and nothing outside the lake can be touched.
import type { Workspace } from '../workspace.ts';

export interface QueryResult {
  readonly columns: readonly string[];
  /** Integers wider than 53 bits, decimals and times as text; lists and structs as JSON text. */
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  /** True when there were more rows than `limit`. */
  readonly isTruncated: boolean;
}

export interface QueryOptions {
  /** Do not bring the lake up to date with the log first. */
  readonly skipSync?: boolean;
  /** At most so many rows; default 1,000. */
  readonly limit?: number;
}

/** The query is not allowed or not SQL; the message is the engine's, without file names. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
}

export function runQuery(
  _workspace: Workspace,
  _sql: string,
  _options: QueryOptions = {},
): Promise<QueryResult> {
  throw new Error('not built yet');
}

export type ExportFormat = 'csv' | 'json' | 'parquet';

/** Writes the whole result to a new file. */
export function exportQuery(
  _workspace: Workspace,
  _sql: string,
  _target: { readonly file: string; readonly format: ExportFormat },
  _options: Omit<QueryOptions, 'limit'> = {},
): Promise<{ readonly rows: number }> {
  throw new Error('not built yet');
}

export interface ReadyQuestion {
  /** The file's name without `.sql`. */
  readonly name: string;
  /** Its first comment line. */
  readonly title: string;
  readonly sql: string;
}

/** `query --list`: the `.sql` files in questions/. */
export function readyQuestions(): readonly ReadyQuestion[] {
  throw new Error('not built yet');
}
