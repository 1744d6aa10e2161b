// Where a bench works: a directory of its own, removed afterwards, and a real service in a process
// of its own, whose memory is read from the operating system.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { configFrom } from '#api/config.ts';
import { runningService } from '#cli/connect.ts';

export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'promo-ledger-bench-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const quietConfig = (directory: string) =>
  configFrom({ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_LOG_LEVEL: 'error' });

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function spawnService(directory: string): Promise<ServiceProcess> {
  const main = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'serve', '--data', directory], {
    env: { ...process.env, PROMO_LEDGER_PORT: '0', PROMO_LEDGER_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = await addressOf(directory, child);
  return {
    url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function addressOf(directory: string, child: ChildProcess): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const url = existsSync(join(directory, 'service.json'))
      ? await runningService(directory)
      : undefined;
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
