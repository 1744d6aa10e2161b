// The SQL engine that a workspace chose, with its own copy of the log: DuckDB over the lake's
// Parquet segments, or ClickHouse over its tables. Whoever runs statements need not know which it
// is.
import type { EventLogReader } from '#event-store/port.ts';
import { openClickHouse, type ClickHouse } from '../clickhouse/client.ts';
import { syncClickHouse } from '../clickhouse/sink.ts';
import { createTables } from '../clickhouse/tables.ts';
import { openEngine, type Engine } from '../duckdb/engine.ts';
import { lakeFiles } from '../lake/lake-files.ts';
import { syncLakeFrom } from '../lake/lake.ts';
import { spillDirectory } from '../lake/segments.ts';
import type { EngineChoice, OnProgress, Workspace } from '../workspace.ts';
import { isAsLeft, type CarriedFiles } from './clickhouse/carried-partition.ts';
import { clickhouseWay, type ClickHouseWay } from './clickhouse/clickhouse-way.ts';
import { duckdbWay } from './duckdb/duckdb-way.ts';
import type { SqlCarry, SqlInput, SqlWay } from './sql-way.ts';

export interface SqlRun extends Pick<SqlInput, 'period' | 'cutoffLogIndex' | 'only'> {
  readonly carry?: SqlCarry & { readonly period: string };
}

export interface SqlEngine {
  readonly kind: EngineChoice['kind'];
  /** True when what a close left beside these files is as it was left. */
  holds(period: string, files: CarriedFiles): Promise<boolean>;
  /** Brings its copy of the log up to the cutoff. One at a time. */
  way(run: SqlRun): Promise<SqlWay>;
  close(): Promise<void>;
}

export interface EngineFor {
  readonly log: EventLogReader;
  readonly workspace: Workspace;
  readonly onProgress?: OnProgress | undefined;
}

/** Rejects with ClickHouseUnreachable before anything is done. */
export async function openSqlEngine(of: EngineFor): Promise<SqlEngine> {
  const { engine } = of.workspace;
  if (engine?.kind !== 'clickhouse') return new DuckDbEngine(of, engine?.threads);
  return new ClickHouseEngine(of, await openClickHouse(engine));
}

/** In a process of its own. Texts that are put together cannot be spilled: 300 MB were too few. */
const MEMORY_MB = 1_024;

class DuckDbEngine implements SqlEngine {
  readonly kind = 'duckdb';
  readonly #of: EngineFor;
  readonly #threads: number | undefined;
  #engine: Engine | undefined;

  constructor(of: EngineFor, threads: number | undefined) {
    this.#of = of;
    this.#threads = threads;
  }

  /** All that it needs is in the files themselves. */
  async holds(): Promise<boolean> {
    return true;
  }

  async way(run: SqlRun): Promise<SqlWay> {
    const { log, workspace, onProgress } = this.#of;
    const lake = workspace.lakeDirectory;
    const until = run.cutoffLogIndex;
    await syncLakeFrom(log, lake, { until, ...(onProgress && { onProgress }) });
    const files = await lakeFiles(lake, { after: run.carry?.cutoffLogIndex ?? -1, until });
    this.#engine = await openEngine({
      memoryMb: MEMORY_MB,
      spillDirectory: spillDirectory(lake),
      ...(this.#threads !== undefined && { threads: this.#threads }),
    });
    return duckdbWay(this.#engine, { ...run, ...files });
  }

  async close(): Promise<void> {
    this.#engine?.close();
  }
}

class ClickHouseEngine implements SqlEngine {
  readonly kind = 'clickhouse';
  readonly #of: EngineFor;
  readonly #clickhouse: ClickHouse;
  #way: ClickHouseWay | undefined;

  constructor(of: EngineFor, clickhouse: ClickHouse) {
    this.#of = of;
    this.#clickhouse = clickhouse;
  }

  async holds(period: string, files: CarriedFiles): Promise<boolean> {
    await createTables(this.#clickhouse);
    return isAsLeft(this.#clickhouse, period, files);
  }

  async way(run: SqlRun): Promise<SqlWay> {
    const { log, onProgress } = this.#of;
    const until = run.cutoffLogIndex;
    await syncClickHouse(log, this.#clickhouse, { until, ...(onProgress && { onProgress }) });
    this.#way = clickhouseWay(this.#clickhouse, { ...run, logId: log.logId });
    return this.#way;
  }

  /** What it cannot drop any more, because nothing answers, a later run drops. */
  async close(): Promise<void> {
    await this.#way?.close().catch(() => undefined);
    await this.#clickhouse.close();
  }
}
