// One writer of the lake at a time. The lock is an SQLite file held by an exclusive transaction:
// the system frees it when its holder ends, however it ends.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { LakeBusy } from './lake-errors.ts';

const POLL_MS = 50;
const SQLITE_BUSY = 5;

/** Runs `work` as the only writer; waits for another one to end, then rejects with LakeBusy. */
export async function withLakeLock<T>(
  directory: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(directory, { recursive: true });
  const lock = await takeLock(join(directory, 'lake.lock'), waitMs);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function takeLock(file: string, waitMs: number): Promise<DatabaseSync> {
  for (let waited = 0; ; waited += POLL_MS) {
    const lock = tryLock(file);
    if (lock) return lock;
    if (waited >= waitMs) throw new LakeBusy(`another process is writing the lake (${file})`);
    await pause(POLL_MS);
  }
}

function tryLock(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}
