// At most one process writes to a log. The lock is an SQLite write lock on a file of its own, held
// open for the process's life, so the operating system frees it however the process ends. The file
// names its holder: readable by others because the holder keeps a write lock, not an exclusive one.
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { LogLocked, LogUnwritable, SQLITE, sqliteCode } from './log-file-errors.ts';

export interface WriterLock {
  readonly release: () => void;
}

/** Throws LogLocked, naming the holder's pid, when another process (or this one) has it already. */
export function takeWriterLock(logFile: string, lockFile: string): WriterLock {
  const token = randomUUID();
  const lock = openLockFile(lockFile);
  try {
    // The name is committed first and the lock taken again: whoever came between wrote its own.
    for (;;) {
      lock.exec('BEGIN IMMEDIATE');
      if (holderOf(lock)?.token === token) return { release: () => lock.close() };
      lock.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, token TEXT NOT NULL)');
      lock.exec('DELETE FROM holder');
      lock.prepare('INSERT INTO holder VALUES (?, ?)').run(process.pid, token);
      lock.exec('COMMIT');
    }
  } catch (error) {
    const holder = sqliteCode(error) === SQLITE.BUSY ? holderOf(lock) : undefined;
    lock.close();
    if (holder !== undefined) throw new LogLocked(logFile, holder.pid);
    throw new LogUnwritable(lockFile, error);
  }
}

function openLockFile(lockFile: string): DatabaseSync {
  try {
    // A holder that is just writing its name is waited for.
    const lock = new DatabaseSync(lockFile, { timeout: 200 });
    // It has nothing to say after a power cut.
    lock.exec('PRAGMA synchronous = OFF');
    return lock;
  } catch (error) {
    throw new LogUnwritable(lockFile, error);
  }
}

function holderOf(lock: DatabaseSync): { pid: number; token: string } | undefined {
  const exists = lock.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'holder'").get();
  if (exists === undefined) return undefined;
  const row = lock.prepare('SELECT pid, token FROM holder').get();
  return row && { pid: Number(row['pid']), token: String(row['token']) };
}
