// SQL over the lake, for analysts: read only, and nothing outside the lake can be touched. The
// engine is closed off before it sees the query: only the lake's segments can be read, nothing can
// be configured, and the query is one SELECT (allowed-query.ts).
import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { DuckDBTypeId, type DuckDBConnection, type DuckDBType, type Json } from '@duckdb/node-api';
import { literal, openEngine, setVariables } from '../duckdb/engine.ts';
import { sqlFile } from '../sql-file.ts';
import { assertAllowed, QueryRefused } from './allowed-query.ts';
import { lakeFiles } from '../lake/lake-files.ts';
import { eventCount, syncLake } from '../lake/lake.ts';
import { readManifest } from '../lake/manifest.ts';
import { spillDirectory } from '../lake/segments.ts';
import type { Workspace } from '../workspace.ts';

export { QueryRefused } from './allowed-query.ts';
export { readyQuestions, type ReadyQuestion } from './ready-questions.ts';

export type Cell = string | number | boolean | null;

export interface QueryResult {
  readonly columns: readonly string[];
  /** Decimals, integers beyond 53 bits and times as text; lists and structs as JSON text. */
  readonly rows: readonly (readonly Cell[])[];
  /** True when there were more rows than `limit`. */
  readonly isTruncated: boolean;
}

export interface QueryOptions {
  /** Do not bring the lake up to date with the log first. */
  readonly skipSync?: boolean;
  /** At most so many rows; default 1,000. */
  readonly limit?: number;
}

const MEMORY_MB = 512;
const LIMIT = 1_000;
const VIEWS = new URL('views.sql', import.meta.url);

export function runQuery(
  workspace: Workspace,
  sql: string,
  { skipSync = false, limit = LIMIT }: QueryOptions = {},
): Promise<QueryResult> {
  return overLake(workspace, { skipSync }, async (connection) => {
    await assertAllowed(connection, sql);
    const reader = await connection.streamAndReadUntil(sql, limit + 1);
    const types = reader.columnTypes();
    const rows = reader.getRowsJson().slice(0, limit);
    return {
      columns: reader.columnNames(),
      rows: rows.map((row) => row.map((value, column) => cellOf(value, types[column]!))),
      isTruncated: reader.currentRowCount > limit,
    };
  });
}

export type ExportFormat = 'csv' | 'json' | 'parquet';

export interface ExportTarget {
  readonly file: string;
  readonly format: ExportFormat;
}

const OPTIONS: Readonly<Record<ExportFormat, string>> = {
  csv: 'FORMAT csv, HEADER',
  json: 'FORMAT json, ARRAY',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

/** Writes the whole result to a new file; a file that exists is left as it is. */
export async function exportQuery(
  workspace: Workspace,
  sql: string,
  { file, format }: ExportTarget,
  { skipSync = false }: Pick<QueryOptions, 'skipSync'> = {},
): Promise<{ readonly rows: number }> {
  const target = resolve(file);
  if (existsSync(target)) throw new QueryRefused(`${file} exists; it is left as it is`);
  const partial = `${target}.partial-${process.pid}`;
  return overLake(workspace, { skipSync, target: partial }, async (connection) => {
    try {
      await assertAllowed(connection, sql);
      const from = `FROM query(${literal(sql)})`;
      const empty = await connection.runAndReadAll(`SELECT * ${from} LIMIT 0`);
      const types = empty.columnTypes();
      const columns = empty.columnNames().map((name, at) => exactColumn(name, types[at]!, format));
      const copied = await connection.runAndReadAll(
        `COPY (SELECT ${columns.join(', ')} ${from}) TO ${literal(partial)} (${OPTIONS[format]})`,
      );
      renameSync(partial, target);
      return { rows: Number(copied.getRows()[0]?.[0]) };
    } finally {
      rmSync(partial, { force: true });
    }
  });
}

interface Access {
  readonly skipSync: boolean;
  /** The one file outside the lake that may be written, by us. */
  readonly target?: string;
}

async function overLake<T>(
  workspace: Workspace,
  { skipSync, target }: Access,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const lake = workspace.lakeDirectory;
  if (!skipSync) await syncLake(workspace);
  const manifest = readManifest(lake);
  if (!manifest || eventCount(manifest) === 0)
    throw new QueryRefused('the lake is empty: nothing has been recorded yet');
  const files = await lakeFiles(lake, { after: -1 });
  const engine = await openEngine({ memoryMb: MEMORY_MB, spillDirectory: spillDirectory(lake) });
  try {
    const { connection } = engine;
    const paths = [...files.eventFiles, ...files.entryFiles, ...(target ? [target] : [])];
    await setVariables(connection, {
      event_files: files.eventFiles,
      entry_files: files.entryFiles,
    });
    await connection.run(sqlFile(VIEWS));
    await closeOff(connection, paths);
    return await work(connection);
  } catch (error) {
    const { message } = error as Error;
    if (!ENGINE_ERROR.test(message)) throw error;
    throw new QueryRefused(withoutPaths(message, lake), { cause: error });
  } finally {
    engine.close();
  }
}

/** From here on: these files, no configuration, no extensions, nothing attached. */
async function closeOff(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_paths = ${literal(paths)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

/** Neither Parquet nor JSON keeps every digit of a wide number by itself. */
function exactColumn(name: string, type: DuckDBType, format: ExportFormat): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  const isWide = type.typeId === DuckDBTypeId.HUGEINT || type.typeId === DuckDBTypeId.DECIMAL;
  if (format === 'json' && isWide) return `${column}::VARCHAR AS ${column}`;
  if (format === 'parquet' && type.typeId === DuckDBTypeId.HUGEINT)
    return `${column}::DECIMAL(38, 0) AS ${column}`;
  return column;
}

function cellOf(value: Json, type: DuckDBType): Cell {
  if (type.typeId === DuckDBTypeId.BIGINT && typeof value === 'string') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** DuckDB's errors say their kind: `Binder Error: …`. */
const ENGINE_ERROR = /^(Failed to [a-z ]+: )?[A-Z][A-Za-z ]+ Error: /;

const withoutPaths = (message: string, lake: string) => message.replaceAll(`${lake}/`, '');
