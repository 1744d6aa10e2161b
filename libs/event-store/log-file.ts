// Opens a log's file, or creates it whole. A file that is not a log, is damaged, is newer than this
// program or cannot be written is refused with an error of its own and left as it is: it is looked
// at without so much as a lock before anything may touch it.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import {
  isDamage,
  LogCorrupt,
  LogFileError,
  LogForeign,
  LogMissing,
  LogTooNew,
  LogUnwritable,
  messageOf,
  SQLITE,
  sqliteCode,
} from './log-file-errors.ts';

/** Names the format in the file's header: "PLlg". */
const APPLICATION_ID = 0x504c6c67;
const FORMAT_VERSION = 1;

const SCHEMA = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');

export const IN_MEMORY = ':memory:';

/** For the one writer, who holds the lock already. */
export function openForWriting(file: string): DatabaseSync {
  if (file === IN_MEMORY) return initialised(new DatabaseSync(file));
  try {
    if (!existsSync(file)) createFile(file);
    return opened(file, { timeout: 1_000 }, (database) => {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      database.exec('PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 67108864');
      // Streams' names come in no order: the longer a checkpoint waits, the fewer pages it writes.
      database.exec('PRAGMA wal_autocheckpoint = 8000');
      // A file that cannot be written is opened all the same, and only says so now.
      database.exec('BEGIN; UPDATE log SET log_id = log_id; ROLLBACK');
    });
  } catch (error) {
    if (error instanceof LogFileError) throw error;
    throw new LogUnwritable(file, error);
  }
}

/** For readers beside the writer, in this or another process. */
export function openForReading(file: string): DatabaseSync {
  if (!existsSync(file)) throw new LogMissing(file);
  assertIsLog(file);
  return opened(file, { readOnly: true, timeout: 5_000 }, (database) => {
    database.exec('PRAGMA cache_size = -8000');
  });
}

/** Reads the header alone, as of a file that nobody may change: no lock, no file beside it. */
export function assertIsLog(file: string): void {
  const untouched = pathToFileURL(file);
  untouched.search = '?immutable=1';
  opened(file, { readOnly: true, from: untouched }, () => undefined).close();
}

interface OpenOptions {
  readonly readOnly?: boolean;
  readonly timeout?: number;
  readonly from?: URL;
}

function opened(
  file: string,
  { from, ...options }: OpenOptions,
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  const database = new DatabaseSync(from ?? file, options);
  try {
    assertKnownFormat(file, database);
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    if (isDamage(error)) throw new LogCorrupt(file, messageOf(error), error);
    throw error;
  }
}

function assertKnownFormat(file: string, database: DatabaseSync): void {
  let format: number;
  try {
    if (pragma(database, 'application_id') !== APPLICATION_ID) throw new LogForeign(file);
    format = pragma(database, 'user_version');
  } catch (error) {
    if (sqliteCode(error) === SQLITE.NOT_A_DATABASE) throw new LogForeign(file, error);
    throw error;
  }
  if (format > FORMAT_VERSION) throw new LogTooNew(file, format, FORMAT_VERSION);
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** Under another name first: a log's file is there whole or not at all. */
function createFile(file: string): void {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  initialised(new DatabaseSync(unfinished)).close();
  renameSync(unfinished, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function initialised(database: DatabaseSync): DatabaseSync {
  try {
    database.exec(
      `PRAGMA synchronous = FULL; BEGIN; PRAGMA application_id = ${APPLICATION_ID};` +
        `PRAGMA user_version = ${FORMAT_VERSION}; ${SCHEMA}`,
    );
    database.prepare('INSERT INTO log (log_id) VALUES (?)').run(randomUUID());
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
