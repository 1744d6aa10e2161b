// The rows of one table as `evolve` sees them: read once, changed in memory, written once per batch.
// Rows stay cached after a batch, in two generations bounded in bytes; whoever fails to commit a
// batch must `forget`. One writer only: nothing else may write the table meanwhile.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row, Value } from './projection.ts';
import type { TableSql } from './table-sql.ts';

/** Of cached values per generation: a table holds at most about twice this between batches. */
const GENERATION_BYTES = 1_500_000;

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
  #recentBytes = 0;

  constructor(database: DatabaseSync, sql: TableSql) {
    this.#database = database;
    this.#sql = sql;
  }

  get(key: readonly Value[]): Row | undefined {
    const cached = this.#lookUp(cacheKey(key));
    if (cached !== undefined) return cached.row ?? undefined;
    const stored = this.#prepare('select', this.#sql.select).get(...key) as Row | undefined;
    this.#keep({ key, stored: stored ?? null, row: stored ?? null, isChanged: false });
    if (stored !== undefined) this.#recentBytes += bytesOf(Object.values(stored));
    return stored;
  }

  put(row: Row): void {
    const key = this.#sql.keyAt.map((at) => row[this.#sql.columns[at]!]!);
    this.#change(key, row);
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
    if (this.#recentBytes < GENERATION_BYTES) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#recentBytes = 0;
  }

  forget(): void {
    this.#recent.clear();
    this.#older.clear();
    this.#changed = [];
    this.#recentBytes = 0;
  }

  #lookUp(name: string): Cached | undefined {
    const recent = this.#recent.get(name);
    if (recent !== undefined) return recent;
    const older = this.#older.get(name);
    if (older === undefined) return undefined;
    this.#older.delete(name);
    this.#recent.set(name, older);
    if (older.row !== null) this.#recentBytes += bytesOf(Object.values(older.row));
    return older;
  }

  #keep(cached: Cached): void {
    this.#recent.set(cacheKey(cached.key), cached);
    this.#recentBytes += 100;
  }

  #change(key: readonly Value[], row: Row | null): void {
    let cached = this.#lookUp(cacheKey(key));
    if (cached === undefined)
      this.#keep((cached = { key, stored: undefined, row, isChanged: false }));
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
    const values = this.#sql.columns.map((name) => row[name]!);
    this.#recentBytes += bytesOf(values);
    if (stored === null) this.#prepare('insert', this.#sql.insert).run(...values);
    else this.#prepare('upsert', this.#sql.upsert).run(...values);
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
  if (key.length === 1) return String(key[0]);
  let name = '';
  for (const value of key) {
    const text = String(value);
    name += `${text.length}:${text}`;
  }
  return name;
}

function bytesOf(values: readonly Value[]): number {
  let bytes = 0;
  for (const value of values) bytes += typeof value === 'string' ? value.length : 8;
  return bytes;
}
