// What the double's log knows of its streams, and how they are read: what a stream's metadata hides
// is not read with the stream, but stays in $all.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredEvent } from './record.ts';

export type Direction = 'forwards' | 'backwards';

export interface Page {
  readonly direction: Direction;
  readonly limit: number;
}

export interface StreamPage extends Page {
  readonly stream: string;
  /** First revision, inclusive; Infinity reads from the last one. */
  readonly from: number;
}

export interface AllPage extends Page {
  /** Forwards the first position to read; backwards the first not to read. */
  readonly from: number;
}

type Events = readonly StoredEvent[];

/** Marks a soft delete, which says it with a number too large for one. */
const SOFT_DELETED = Number.MAX_SAFE_INTEGER;

interface StreamRow {
  readonly id: number;
  readonly last: number;
  readonly is_tombstoned: number;
  readonly truncate_before: number | null;
  readonly max_count: number | null;
  readonly max_age_seconds: number | null;
}

const SELECT =
  'SELECT position, s.name AS stream, revision, type, record FROM events' +
  ' JOIN streams s ON s.id = events.stream WHERE ';

export class Streams {
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: DatabaseSync) {
    const statements = new Map<string, StatementSync>();
    this.#prepare = (sql) => {
      const known = statements.get(sql);
      if (known) return known;
      const statement = database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    };
  }

  /** Where the next record begins; 0 when there is none. */
  endOfLog(): number {
    const last = this.#prepare(
      'SELECT position, length(record) AS bytes FROM events ORDER BY position DESC LIMIT 1',
    ).get() as { position: number; bytes: number } | undefined;
    return last ? last.position + last.bytes + 1_000 : 0;
  }

  lastRevision(stream: string): number {
    return this.#row(stream)?.last ?? -1;
  }

  /** A stream takes its metadata with it. */
  isTombstoned(stream: string): boolean {
    if (stream.startsWith('$$') && this.isTombstoned(stream.slice(2))) return true;
    return this.#row(stream)?.is_tombstoned === 1;
  }

  isSoftDeleted(stream: string): boolean {
    return this.#row(stream)?.truncate_before === SOFT_DELETED;
  }

  eventAt(stream: string, revision: number): { id: string; position: number } | undefined {
    return this.#prepare(
      'SELECT e.id, position FROM events e JOIN streams s ON s.id = e.stream' +
        ' WHERE s.name = ? AND revision = ?',
    ).get(stream, revision) as { id: string; position: number } | undefined;
  }

  /** Of the stream, which is there from now on if only by its name. */
  idOf(stream: string): number {
    const row = this.#row(stream);
    if (row) return row.id;
    return Number(
      this.#prepare('INSERT INTO streams (name) VALUES (?)').run(stream).lastInsertRowid,
    );
  }

  setLast(stream: string, revision: number): void {
    this.#prepare('UPDATE streams SET last = ? WHERE id = ?').run(revision, this.idOf(stream));
  }

  tombstone(stream: string): void {
    this.#prepare('UPDATE streams SET is_tombstoned = 1 WHERE id = ?').run(this.idOf(stream));
  }

  /** Metadata that is not JSON, or holds other than whole numbers, limits nothing. */
  applyMetadata(stream: string, data: Uint8Array): void {
    const metadata = parsed(data);
    const whole = (name: string) => {
      const value = metadata[name];
      return typeof value === 'number' ? Math.min(Math.floor(value), SOFT_DELETED) : null;
    };
    this.#prepare(
      'UPDATE streams SET truncate_before = ?, max_count = ?, max_age_seconds = ? WHERE id = ?',
    ).run(whole('$tb'), whole('$maxCount'), whole('$maxAge'), this.idOf(stream));
  }

  /** The next events of a stream; those hidden by its metadata are left out. */
  read({ stream, from, direction, limit }: StreamPage): Events | 'not_found' | 'deleted' {
    const row = this.#row(stream);
    if (this.isTombstoned(stream)) return 'deleted';
    if (!row || row.last < 0 || row.truncate_before === SOFT_DELETED) return 'not_found';
    // Of metadata only the last counts.
    const maxCount = stream.startsWith('$$') ? 1 : (row.max_count ?? Infinity);
    const kept = row.last - maxCount + 1;
    const first = Math.max(0, kept, row.truncate_before ?? 0);
    const youngerThan = row.max_age_seconds === null ? 0 : Date.now() - row.max_age_seconds * 1_000;
    const isForwards = direction === 'forwards';
    const statement = this.#prepare(
      `${SELECT} events.stream = ? AND revision BETWEEN ? AND ? AND created_ms >= ?` +
        ` ORDER BY revision ${isForwards ? 'ASC' : 'DESC'} LIMIT ?`,
    );
    const low = isForwards ? Math.max(first, from) : first;
    const high = isForwards ? row.last : Math.min(row.last, from);
    return statement.all(row.id, low, high, youngerThan, limit) as unknown as Events;
  }

  /** Whether a record begins there: at 0 always, and behind the end it may yet. */
  isPlace(position: number, direction: Direction): boolean {
    if (position === 0) return true;
    const next = this.#prepare('SELECT min(position) AS next FROM events WHERE position >= ?');
    const at = (next.get(position) as { next: number | null }).next;
    return at === position || (at === null && direction === 'forwards');
  }

  readAll({ from, direction, limit }: AllPage): Events {
    const statement = this.#prepare(
      direction === 'forwards'
        ? `${SELECT} position >= ? ORDER BY position LIMIT ?`
        : `${SELECT} position < ? ORDER BY position DESC LIMIT ?`,
    );
    return statement.all(from, limit) as unknown as Events;
  }

  #row(stream: string): StreamRow | undefined {
    const row = this.#prepare('SELECT * FROM streams WHERE name = ?').get(stream);
    return row as unknown as StreamRow | undefined;
  }
}

function parsed(data: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(data).toString()) ?? {};
  } catch {
    return {};
  }
}
