// The engines that statements are computed on, as the bench drives them: take a copy of a log, then
// give a period's statements from it. What stands between the two closes is kept in a directory.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openClickHouse } from '#analytics/clickhouse/client.ts';
import { syncClickHouse } from '#analytics/clickhouse/sink.ts';
import { openEngine } from '#analytics/duckdb/engine.ts';
import { lakeFiles } from '#analytics/lake/lake-files.ts';
import { syncLakeFrom } from '#analytics/lake/lake.ts';
import { spillDirectory } from '#analytics/lake/segments.ts';
import { clickhouseWay } from '#analytics/statements/clickhouse/clickhouse-way.ts';
import { duckdbWay } from '#analytics/statements/duckdb/duckdb-way.ts';
import type { SqlInput, SqlWay } from '#analytics/statements/sql-way.ts';
import { startInProcessClickHouse } from '../support/clickhouse/in-process.ts';
import type { GeneratedLog } from './generated-log.ts';
import { clickHouseUrl, type EngineName } from './options.ts';

export interface StatementEngine {
  /** Brings the engine's copy of the log up to the period's closing. */
  copy(period: 0 | 1): Promise<void>;
  /** Expects the copy, and for the second period what the first left. */
  way(period: 0 | 1): Promise<SqlWay & { close?(): Promise<void> }>;
  /** Where `way(0)` leaves what `way(1)` begins with. */
  readonly left: { readonly entriesFile: string; readonly balancesFile: string };
  close(): Promise<void>;
}

/** As a statement run has it. */
const MEMORY_MB = 1_024;

export function openStatementEngine(
  engine: EngineName,
  directory: string,
  log: GeneratedLog,
): Promise<StatementEngine> {
  return engine === 'duckdb' ? openDuckDb(directory, log) : openInClickHouse(directory, log);
}

async function openDuckDb(directory: string, log: GeneratedLog): Promise<StatementEngine> {
  const lake = join(directory, 'lake');
  const left = leftIn(directory);
  const engine = await openEngine({ memoryMb: MEMORY_MB, spillDirectory: spillDirectory(lake) });
  return {
    left,
    copy: async (period) => {
      await syncLakeFrom(log, lake, { until: log.closingOf(period).cutoffLogIndex });
    },
    way: async (period) => {
      const { cutoffLogIndex, ...closing } = log.closingOf(period);
      const carry = period === 1 ? { ...log.closingOf(0), ...left } : undefined;
      const after = carry?.cutoffLogIndex ?? -1;
      const files = await lakeFiles(lake, { after, until: cutoffLogIndex });
      const input = { ...files, ...closing, cutoffLogIndex, ...(carry && { carry }) };
      return duckdbWay(engine, input);
    },
    close: async () => engine.close(),
  };
}

/** On the server of CLICKHOUSE_URL, in a database of the log's own, else in this process. */
async function openInClickHouse(directory: string, log: GeneratedLog): Promise<StatementEngine> {
  const url = clickHouseUrl();
  const database = `bench_${log.logId.replaceAll('-', '')}`;
  const kept = join(directory, 'clickhouse');
  const inProcess = url === undefined ? startInProcessClickHouse(kept) : undefined;
  const clickhouse = await (inProcess?.open(database) ?? openClickHouse({ url: url!, database }));
  const { logId } = log;
  return {
    left: leftIn(directory),
    copy: async (period) => {
      const { cutoffLogIndex: until } = log.closingOf(period);
      await syncClickHouse(log, clickhouse, { until });
    },
    way: async (period) => {
      const carry = period === 1 ? { carry: log.closingOf(0) } : {};
      return clickhouseWay(clickhouse, { logId, ...log.closingOf(period), ...carry });
    },
    close: async () => {
      await clickhouse.close();
      await inProcess?.stop();
    },
  };
}

function leftIn(
  directory: string,
): Pick<NonNullable<SqlInput['carry']>, 'entriesFile' | 'balancesFile'> {
  mkdirSync(join(directory, 'left'), { recursive: true });
  return {
    entriesFile: join(directory, 'left', 'entries.parquet'),
    balancesFile: join(directory, 'left', 'balances.parquet'),
  };
}
