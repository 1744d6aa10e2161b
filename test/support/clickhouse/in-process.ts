// ClickHouse's own engine in this process, behind the same client as a server: chdb. A process has
// one engine with one directory at a time, so a spec file keeps it open from its first test to its
// last, and each test takes a database of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createChdbConnection } from 'chdb/connection';
import {
  openClickHouse,
  type ClickHouse,
  type ClickHouseOptions,
} from '#analytics/clickhouse/client.ts';
import { AS_STOCK, withRows } from './stock.ts';

export interface InProcessClickHouse {
  /** With a database of its own; one at a time. */
  open(database?: string): Promise<ClickHouse>;
  stop(): Promise<void>;
}

/** In a directory that is gone when it stops, or in one that is given and stays. */
export function startInProcessClickHouse(given?: string): InProcessClickHouse {
  const directory = given ?? mkdtempSync(join(tmpdir(), 'promo-ledger-chdb-'));
  const keepsItOpen = createChdbConnection({ path: directory });
  let databases = 0;
  return {
    open: async (database = `ledger_${(databases += 1)}`) => {
      const connection = connectionTo(directory);
      const clickhouse = await openClickHouse(
        { url: 'http://in-process', database },
        { connection },
      );
      await clickhouse.run(AS_STOCK);
      return clickhouse;
    },
    stop: async () => {
      await keepsItOpen.close();
      if (given === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function connectionTo(path: string): NonNullable<ClickHouseOptions['connection']> {
  const connection = createChdbConnection({ path });
  const exec = connection.exec.bind(connection);
  connection.exec = async ({ values, ...params }) => {
    if (values === undefined) return exec(params);
    const rows = await buffer(values);
    return withRows(params.query, rows, (query) => exec({ ...params, query }));
  };
  // The same contract, declared once in the client and once in the package that chdb was built on.
  return connection as unknown as NonNullable<ClickHouseOptions['connection']>;
}
