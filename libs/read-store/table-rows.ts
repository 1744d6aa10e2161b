// The rows of one table as `evolve` sees them: read once, changed in memory, written once a batch.
// Rows stay cached after a batch, in two generations bounded in bytes; whoever fails to commit a
// batch must `forget`. One writer only: nothing else may write the table meanwhile.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row, Value } from './projection.ts';
import type { TableSql } from './table-sql.ts';

/** Of cached values per generation: a table holds at most about twice this between batches. */
const GENERATION_BYTES = 1_500_000;

/** The entry itself and its name. */
const CACHED_BYTES = 100;

interface Cached {
  readonly key: readonly Value[];
  /** In SQLite: null when it is known to hold none, undefined when nobody looked. */
  stored: Row | null | undefined;
  row: Row | null;
  isChanged: boolean;
}

export class TableRows {
  readonly #database: DatabaseSync;
  readonly #sql: TableSql;
  readonly #prepared = new Map<string | number, StatementSync>();
  #recent = new Map<string, Cached>();
  #older = new Map<string, Cached>();
  #changed: Cached[] = [];
  #appended: Row[] = [];
  #recentBytes = 0;
  /** Most rows are asked for again at once: got, then put; attributed, then confirmed. */
  #last: Cached | undefined;

  constructor(database: DatabaseSync, sql: TableSql) {
    this.#database = database;
    this.#sql = sql;
  }

  get(key: readonly Value[]): Row | undefined {
    return this.#cached(key, true).row ?? undefined;
  }

  put(row: Row): void {
    this.#change(this.#keyOf(row), row);
  }

  /** SQLite holds no row of this key, and need not be asked. */
  add(row: Row): void {
    const key = this.#keyOf(row);
    this.#cached(key, false).stored ??= null;
    this.#change(key, row);
  }

  append(row: Row): void {
    this.#appended.push(row);
  }

  delete(key: readonly Value[]): void {
    this.#change(key, null);
  }

  /** Writes what changed since the last flush, inside the caller's transaction. */
  flush(): void {
    for (const cached of this.#changed) {
      this.#write(cached);
      cached.stored = cached.row;
      cached.isChanged = false;
    }
    this.#changed = [];
    this.#insertAppended();
    if (this.#recentBytes < GENERATION_BYTES) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#recentBytes = 0;
    this.#last = undefined;
  }

  forget(): void {
    this.#recent.clear();
    this.#older.clear();
    this.#changed = [];
    this.#appended = [];
    this.#recentBytes = 0;
    this.#last = undefined;
  }

  /** The entry of a key, made when there is none: from SQLite, or without looking there. */
  #cached(key: readonly Value[], isLookedUp: boolean): Cached {
    if (this.#last !== undefined && isSameKey(this.#last.key, key)) return this.#last;
    const name = cacheKey(key);
    let cached = this.#recent.get(name);
    if (cached === undefined) {
      cached = this.#older.get(name);
      if (cached === undefined) {
        const stored = isLookedUp ? this.#stored(key) : undefined;
        cached = { key, stored, row: stored ?? null, isChanged: false };
      }
      this.#recent.set(name, cached);
      this.#recentBytes += CACHED_BYTES + bytesOf(cached.row);
    }
    return (this.#last = cached);
  }

  #stored(key: readonly Value[]): Row | null {
    const row = this.#prepare('select', this.#sql.select).get(...key) as Row | undefined;
    return row ?? null;
  }

  #keyOf(row: Row): readonly Value[] {
    const key: Value[] = [];
    for (const at of this.#sql.keyAt) key.push(row[this.#sql.columns[at]!]!);
    return key;
  }

  #change(key: readonly Value[], row: Row | null): void {
    const cached = this.#cached(key, false);
    cached.row = row;
    if (cached.isChanged) return;
    cached.isChanged = true;
    this.#changed.push(cached);
  }

  #write({ key, stored, row }: Cached): void {
    if (row === null) {
      if (stored !== null) this.#prepare('remove', this.#sql.remove).run(...key);
      return;
    }
    if (stored !== null && stored !== undefined) return this.#update(key, stored, row);
    this.#recentBytes += bytesOf(row);
    const statement =
      stored === null
        ? this.#prepare('insert', this.#sql.insert)
        : this.#prepare('upsert', this.#sql.upsert);
    statement.run(...this.#valuesOf([row]));
  }

  #insertAppended(): void {
    const { insert, insertMany, manyRows } = this.#sql;
    const rows = this.#appended;
    let at = 0;
    for (; at + manyRows <= rows.length; at += manyRows)
      this.#prepare('insertMany', insertMany).run(...this.#valuesOf(rows.slice(at, at + manyRows)));
    for (; at < rows.length; at++)
      this.#prepare('insert', insert).run(...this.#valuesOf([rows[at]!]));
    this.#appended = [];
  }

  #valuesOf(rows: readonly Row[]): readonly Value[] {
    const values: Value[] = [];
    for (const row of rows) for (const name of this.#sql.columns) values.push(row[name]!);
    return values;
  }

  /** Only columns that differ, so that indexes on the others stay untouched. */
  #update(key: readonly Value[], stored: Row, row: Row): void {
    const changed: number[] = [];
    let bits = 0;
    this.#sql.columns.forEach((name, at) => {
      if (stored[name] === row[name]) return;
      changed.push(at);
      bits |= 1 << at;
    });
    if (bits === 0) return;
    const values = changed.map((at) => row[this.#sql.columns[at]!]!);
    const statement = this.#prepared.get(bits) ?? this.#prepare(bits, this.#sql.update(changed));
    statement.run(...values, ...key);
  }

  #prepare(name: string | number, sql: string): StatementSync {
    let statement = this.#prepared.get(name);
    if (statement === undefined)
      this.#prepared.set(name, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

/** Values may hold any character: lengths keep the parts of a composite key apart. */
function cacheKey(key: readonly Value[]): string {
  let name = '';
  for (let at = 0; at < key.length - 1; at++) {
    const text = String(key[at]);
    name += `${text.length}:${text}`;
  }
  return name + String(key.at(-1));
}

function isSameKey(left: readonly Value[], right: readonly Value[]): boolean {
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

function bytesOf(row: Row | null): number {
  let bytes = 0;
  for (const name in row) {
    const value = row[name];
    bytes += typeof value === 'string' ? value.length : 8;
  }
  return bytes;
}
