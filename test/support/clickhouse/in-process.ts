// ClickHouse's own engine in this process, behind the same client as a server: chdb. A process has
// one engine with one directory at a time, so a spec file keeps it open from its first test to its
// last, and each test takes a database of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChdbConnection } from 'chdb/connection';
import {
  openClickHouse,
  type ClickHouse,
  type ClickHouseOptions,
} from '#analytics/clickhouse/client.ts';

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
    open: (database = `ledger_${(databases += 1)}`) => {
      // The same contract, declared once in the client and once in the package that chdb was
      // built on.
      const connection = createChdbConnection({ path: directory }) as unknown;
      return openClickHouse(
        { url: 'http://in-process', database },
        {
          connection: connection as NonNullable<ClickHouseOptions['connection']>,
        },
      );
    },
    stop: async () => {
      await keepsItOpen.close();
      if (given === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
