// Where a bench works: a directory of its own, removed afterwards, a log in it or under a prefix of
// its own on the server, and a real service in a process of its own, whose memory is read from the
// operating system. What was written to a server stays there: it should be one for benches alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { configFrom } from '#api/config.ts';
import { runningService } from '#cli/connect.ts';
import type { EngineChoice } from '#analytics/workspace.ts';
import type { LogSource } from '#event-store/log-source.ts';
import { startClickHouse } from '../support/clickhouse/server.ts';
import { type BenchOptions, eventStoreUrl, type StoreName } from './options.ts';

export interface Workplace {
  readonly directory: string;
  readonly log: LogSource;
  /** What the service computes statements on; default DuckDB. */
  readonly engine?: EngineChoice;
}

export const inWorkplace = <T>(
  { store }: Pick<BenchOptions, 'store'>,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> => inDirectory((directory) => work({ directory, log: logOf(store, directory) }));

/** With the server that CLICKHOUSE_URL names, else the engine in a process of its own. */
export async function onEngine<T>(
  { engine }: Pick<BenchOptions, 'engine'>,
  workplace: Workplace,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  if (engine === 'duckdb') return work(workplace);
  const server = await startClickHouse();
  try {
    return await work({ ...workplace, engine: { kind: 'clickhouse', ...server.target() } });
  } finally {
    await server.stop();
  }
}

function logOf(store: StoreName, directory: string): LogSource {
  if (store === 'sqlite') return { kind: 'sqlite', file: join(directory, 'ledger.db') };
  const prefix = `bench${randomUUID().slice(0, 8)}.`;
  return { kind: 'eventstoredb', connection: eventStoreUrl(), prefix };
}

export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'promo-ledger-bench-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const quietConfig = (workplace: Workplace) =>
  configFrom({ ...environmentOf(workplace), PROMO_LEDGER_LOG_LEVEL: 'error' });

const environmentOf = ({ directory, log, engine }: Workplace): Record<string, string> => ({
  PROMO_LEDGER_DATA: directory,
  ...(log.kind === 'eventstoredb' && {
    PROMO_LEDGER_EVENTSTORE_URL: log.connection,
    PROMO_LEDGER_EVENTSTORE_PREFIX: log.prefix,
  }),
  ...(engine?.kind === 'clickhouse' && {
    PROMO_LEDGER_CLICKHOUSE_URL: engine.url,
    PROMO_LEDGER_CLICKHOUSE_DATABASE: engine.database,
  }),
});

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const SERVICE = new URL(`../../apps/cli/main${extname(import.meta.url)}`, import.meta.url);

/** As `npm start` does. */
const AS_STARTED = ['--max-semi-space-size=32', '--max-old-space-size=512'];

export async function spawnService(workplace: Workplace): Promise<ServiceProcess> {
  const { directory } = workplace;
  const args = [...process.execArgv, fileURLToPath(SERVICE), 'serve', '--data', directory];
  const child = spawn(process.execPath, [...AS_STARTED, ...args], {
    env: {
      ...process.env,
      ...environmentOf(workplace),
      PROMO_LEDGER_PORT: '0',
      PROMO_LEDGER_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = await addressOf(workplace, child);
  return {
    url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function addressOf(workplace: Workplace, child: ChildProcess): Promise<string> {
  const file = join(workplace.directory, 'service.json');
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const url = existsSync(file) ? await runningService(quietConfig(workplace)) : undefined;
    if (url !== undefined) return url;
    await pause(50);
  }
  throw new Error('the service did not start');
}

/** The most memory that the process ever held, in MB. */
export function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1_024;
}
