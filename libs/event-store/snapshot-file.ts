// The SQLite file that snapshots are kept in. An error of SQLite never gets out of here: the file
// is begun anew, and if even that fails there are no snapshots until the next start.
import { readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LogForeign, sqliteCode } from './log-file-errors.ts';

/** "PLsn" in the file's header. */
const APPLICATION_ID = 0x504c736e;

const SCHEMA = readFileSync(new URL('./snapshots.sql', import.meta.url), 'utf8');

/** A state up to and with one event; the parts are kept beside it. */
export interface Snapshot {
  readonly logId: string;
  readonly revision: number;
  readonly eventId: string;
  readonly foldVersion: number;
  readonly upcastsVersion: number;
  /** As the codec counts them, and how many parts hold them. */
  readonly entries: number;
  readonly parts: number;
  readonly head: Uint8Array;
  readonly digest: string;
}

export interface Part {
  readonly kind: 'state' | 'keys';
  readonly content: Uint8Array;
}

export class SnapshotFile {
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#database = this.#opened() ?? this.#begunAnew();
  }

  find(stream: string): Snapshot | undefined {
    return this.#asking((database) => {
      const row = database.prepare('SELECT * FROM snapshots WHERE stream = ?').get(stream);
      return row === undefined ? undefined : (row as unknown as Snapshot);
    });
  }

  part(stream: string, number: number): Part | undefined {
    return this.#asking((database) => {
      const sql = 'SELECT kind, content FROM parts WHERE stream = ? AND number = ?';
      return database.prepare(sql).get(stream, number) as unknown as Part | undefined;
    });
  }

  /**
   * The head replaces the one before; `newParts` are the last of `snapshot.parts`. False when the
   * file had to be begun anew: nothing is in it then.
   */
  save(stream: string, snapshot: Snapshot, newParts: readonly Part[]): boolean {
    const first = snapshot.parts - newParts.length;
    const isSaved = this.#asking((database) => {
      database.exec('BEGIN IMMEDIATE');
      database.prepare('DELETE FROM parts WHERE stream = ? AND number >= ?').run(stream, first);
      const insert = database.prepare('INSERT INTO parts VALUES (?, ?, ?, ?)');
      for (const [i, { kind, content }] of newParts.entries())
        insert.run(stream, first + i, kind, content);
      database
        .prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          stream,
          snapshot.logId,
          snapshot.revision,
          snapshot.eventId,
          snapshot.foldVersion,
          snapshot.upcastsVersion,
          snapshot.entries,
          snapshot.parts,
          snapshot.head,
          snapshot.digest,
        );
      database.exec('COMMIT');
      return true;
    });
    return isSaved ?? false;
  }

  discard(stream: string): void {
    this.#asking((database) => {
      database.prepare('DELETE FROM snapshots WHERE stream = ?').run(stream);
      database.prepare('DELETE FROM parts WHERE stream = ?').run(stream);
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #asking<T>(ask: (database: DatabaseSync) => T): T | undefined {
    if (this.#database === undefined) return undefined;
    try {
      return ask(this.#database);
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      this.close();
      this.#database = this.#begunAnew();
      return undefined;
    }
  }

  #begunAnew(): DatabaseSync | undefined {
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.#file + suffix, { force: true });
    return this.#opened();
  }

  #opened(): DatabaseSync | undefined {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(this.#file);
      const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
      const found = database.prepare('PRAGMA application_id').get()?.['application_id'];
      if (!isNew && found !== APPLICATION_ID) throw new LogForeign(this.#file);
      // Never waits for the disk: what a power cut leaves half written does not fit its digest.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
      if (isNew)
        database.exec(`BEGIN; PRAGMA application_id = ${APPLICATION_ID}; ${SCHEMA} COMMIT`);
      return database;
    } catch (error) {
      database?.close();
      if (sqliteCode(error) === undefined) throw error;
      return undefined;
    }
  }
}
