// Opens a log's file, or creates it whole. A file that is not a log, is damaged, is newer than this
// program or cannot be written is refused with an error of its own and left as it is: it is looked
// at without so much as a lock before anything may touch it.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDurable } from './durable-file.ts';
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

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const FORMAT_AT = 60;
const APPLICATION_ID_AT = 68;

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

/**
 * Refuses what is no log by its header's bytes alone: no lock, no file beside it, and none of the
 * pages behind it, which a kill in the middle of a checkpoint leaves unfinished until the
 * write-ahead log is read. A file that is in use, or was when its writer was killed, is left to
 * SQLite: closing a descriptor of our own would take away the locks that this process holds on it.
 */
export function assertIsLog(file: string): void {
  if (existsSync(`${file}-shm`)) return;
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new LogForeign(file);
  assertKnownFormat(file, header.readUInt32BE(APPLICATION_ID_AT), header.readUInt32BE(FORMAT_AT));
}

interface OpenOptions {
  readonly readOnly?: boolean;
  readonly timeout?: number;
}

function opened(
  file: string,
  options: OpenOptions,
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  const database = new DatabaseSync(file, options);
  try {
    assertKnownFormat(file, pragma(database, 'application_id'), pragma(database, 'user_version'));
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    if (sqliteCode(error) === SQLITE.NOT_A_DATABASE) throw new LogForeign(file, error);
    if (isDamage(error)) throw new LogCorrupt(file, messageOf(error), error);
    throw error;
  }
}

function assertKnownFormat(file: string, applicationId: number, format: number): void {
  if (applicationId !== APPLICATION_ID) throw new LogForeign(file);
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
  makeDurable(dirname(file));
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
