// The engines that tests of ClickHouse run on, over HTTP: the server that CLICKHOUSE_URL names,
// else a process of the test's own (main.ts), which can be killed and started again on the same
// data.
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { openClickHouse } from '#analytics/clickhouse/client.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import { CLUSTER } from './one-node-cluster.ts';

const MAIN = new URL(`./main${extname(import.meta.url)}`, import.meta.url);

export interface TestClickHouse {
  /** A database that nobody else has. */
  target(): ClickHouseTarget;
  stop(): Promise<void>;
}

/** For tests that only need one to be there. */
export async function startClickHouse(): Promise<TestClickHouse> {
  const url = process.env['CLICKHOUSE_URL'];
  if (!url) return ClickHouseServer.start();
  const databases: string[] = [];
  return {
    target: () => {
      const database = newDatabase();
      databases.push(database);
      return { url, database };
    },
    stop: async () => {
      const clickhouse = await openClickHouse({ url, database: 'default' });
      for (const name of databases) await clickhouse.run(`DROP DATABASE IF EXISTS ${name}`);
      await clickhouse.close();
    },
  };
}

const newDatabase = () => `ledger_${randomUUID().replaceAll('-', '')}`;

export class ClickHouseServer implements TestClickHouse {
  readonly #directory = mkdtempSync(join(tmpdir(), 'promo-ledger-clickhouse-'));
  #process: ChildProcess | undefined;
  readonly #isCluster: boolean;
  #port = 0;

  private constructor(isCluster: boolean) {
    this.#isCluster = isCluster;
  }

  /** @param isCluster the one node of a cluster (one-node-cluster.ts) */
  static async start(isCluster = false): Promise<ClickHouseServer> {
    const server = new ClickHouseServer(isCluster);
    await server.restart();
    return server;
  }

  target(): ClickHouseTarget {
    const url = `http://tester:not-a-secret@127.0.0.1:${this.#port}`;
    return {
      ...{ url, database: newDatabase() },
      ...(this.#isCluster && { cluster: CLUSTER }),
    };
  }

  /** On the same port and with the same data. */
  async restart(): Promise<void> {
    const args = [
      ...['--port', String(this.#port), '--directory', this.#directory],
      ...(this.#isCluster ? ['--cluster'] : []),
    ];
    this.#process = fork(MAIN, args, { execArgv: [], silent: true });
    const [{ port }] = (await once(this.#process, 'message')) as [{ port: number }];
    this.#port = port;
    // It ends with this process, and does not keep it.
    this.#process.unref();
    this.#process.channel?.unref();
  }

  async kill(): Promise<void> {
    const killed = this.#process;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    // To wait for its end keeps this process.
    killed.ref();
    killed.kill('SIGKILL');
    await once(killed, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
