// A data directory is one process's, and of one log for ever. With the embedded log its file says
// so; with an EventStoreDB `log.json` does. A variable that was forgotten must not begin a second,
// empty ledger beside the real one, nor mix what was computed from two.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '#event-store/durable-file.ts';
import { type LogSource, nameOf } from '#event-store/log-source.ts';
import { takeWriterLock, type WriterLock } from '#event-store/writer-lock.ts';
import type { Config } from './config.ts';

const LOG_FILE = 'log.json';

const LogFile = z.strictObject({
  format: z.literal('promo-ledger log 1'),
  kind: z.literal('eventstoredb'),
  logId: z.string(),
});
type LogFile = z.infer<typeof LogFile>;

/** The message says which directory, and what was configured instead. */
export class DataDirectoryRefused extends Error {
  override readonly name = 'DataDirectoryRefused';
}

/** Before the log is opened. The embedded log's own lock keeps other processes out. */
export function takeDataDirectory({ dataDirectory, log }: Config): WriterLock {
  if (log.kind === 'sqlite') {
    makeDataDirectory(dataDirectory, log);
    return { release: () => undefined };
  }
  // The same lock as an embedded log's: none can be begun here while it is looked for.
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const lock = takeWriterLock(dataDirectory, join(dataDirectory, 'ledger.lock'));
  try {
    makeDataDirectory(dataDirectory, log);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Once the log is open. Throws DataDirectoryRefused when the directory is another log's. */
export function keepLogId({ dataDirectory, log }: Config, logId: string): void {
  if (log.kind === 'sqlite') return;
  const kept = logFileOf(dataDirectory);
  if (kept === undefined) {
    const content: LogFile = { format: 'promo-ledger log 1', kind: log.kind, logId };
    writeDurably(join(dataDirectory, LOG_FILE), `${JSON.stringify(content)}\n`);
  } else if (kept.logId !== logId) {
    throw new DataDirectoryRefused(
      `${dataDirectory} belongs to the log ${kept.logId}, but ${nameOf(log)} holds ${logId}: ` +
        'give the connection and prefix of that log, or another data directory',
    );
  }
}

/** Unless it is there already; throws DataDirectoryRefused when it is of another kind of log. */
export function makeDataDirectory(dataDirectory: string, log: LogSource): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const holdsLog = existsSync(join(dataDirectory, 'ledger.db'));
  if (log.kind === 'eventstoredb' && holdsLog)
    throw new DataDirectoryRefused(
      `${dataDirectory} holds a ledger of its own (ledger.db), but ${nameOf(log)} is configured: ` +
        'give another data directory, or leave PROMO_LEDGER_EVENTSTORE_URL unset',
    );
  if (log.kind === 'sqlite' && logFileOf(dataDirectory) !== undefined)
    throw new DataDirectoryRefused(
      `${dataDirectory} belongs to a log on EventStoreDB (${LOG_FILE}), but ` +
        'PROMO_LEDGER_EVENTSTORE_URL is not set: set it, or give another data directory',
    );
}

function logFileOf(dataDirectory: string): LogFile | undefined {
  const file = join(dataDirectory, LOG_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return LogFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new DataDirectoryRefused(`${file} is damaged: restore it, or delete it when sure`);
  }
}
