// Builds: sets of tables of a projection, live, being rebuilt or retired, and the views through
// which queries see them. Every change of what is live happens in the caller's one transaction.
import type { DatabaseSync } from 'node:sqlite';
import type { Projection, Row, Rows, Table, Value } from './projection.ts';
import type { HashedBuild } from './state-hash.ts';
import { TableRows } from './table-rows.ts';
import { physicalName, tableSql, type TableSql } from './table-sql.ts';

export type BuildState = 'live' | 'rebuild' | 'retired';

/** As stored in `builds`. */
export interface StoredBuild extends HashedBuild {
  readonly projection: string;
  readonly state: BuildState;
}

/** A build that can be fed: its projection is part of this program. */
export interface Build extends HashedBuild {
  readonly projection: Projection;
  readonly rows: Rows;
  readonly cached: ReadonlyMap<Table, TableRows>;
  readonly sql: readonly TableSql[];
}

export function storedBuilds(database: DatabaseSync): readonly StoredBuild[] {
  const stored = database
    .prepare('SELECT build, projection, version, state, tables FROM builds ORDER BY build')
    .all() as unknown as readonly (Omit<StoredBuild, 'tables'> & { tables: string })[];
  return stored.map((row) => ({ ...row, tables: JSON.parse(row.tables) as string[] }));
}

export function openBuild(database: DatabaseSync, projection: Projection, build: number): Build {
  const { name, version } = projection;
  const cached = new Map<Table, TableRows>();
  const sql: TableSql[] = [];
  for (const table of projection.tables) {
    const statements = tableSql(table, physicalName(table.name, version, build));
    sql.push(statements);
    cached.set(table, new TableRows(database, statements));
  }
  const tables = projection.tables.map((table) => table.name);
  return { build, version, tables, projection, cached, sql, rows: rowsOf(name, cached) };
}

function rowsOf(projection: string, tables: ReadonlyMap<Table, TableRows>): Rows {
  const of = (table: Table): TableRows => {
    const rows = tables.get(table);
    if (rows === undefined) throw new Error(`${table.name} is not a table of ${projection}`);
    return rows;
  };
  return {
    get: <R extends Row>(table: Table<R>, ...key: readonly Value[]) =>
      of(table).get(key) as R | undefined,
    put: (table, row) => of(table).put(row),
    add: (table, row) => of(table).add(row),
    append: (table, row) => of(table).append(row),
    delete: (table, ...key) => of(table).delete(key),
  };
}

/** Empty tables without secondary indexes. */
export function createBuild(database: DatabaseSync, projection: Projection): Build {
  const { next } = database
    .prepare('SELECT coalesce(max(build), 0) + 1 AS next FROM builds')
    .get() as { next: number };
  const build = openBuild(database, projection, next);
  for (const table of build.sql) database.exec(table.create);
  database
    .prepare("INSERT INTO builds VALUES (?, ?, ?, 'rebuild', ?)")
    .run(next, projection.name, projection.version, JSON.stringify(build.tables));
  return build;
}

export function setBuildState(database: DatabaseSync, build: number, state: BuildState): void {
  database.prepare('UPDATE builds SET state = ? WHERE build = ?').run(state, build);
}

/**
 * Points every plain name at its live build, or else at the one under construction, so that a query
 * of a table that was never built before finds rows, not an error.
 */
export function replaceViews(database: DatabaseSync): void {
  const active = new Map<string, string>();
  for (const state of ['rebuild', 'live'] as const)
    for (const { build, version, tables } of storedBuilds(database).filter(
      (stored) => stored.state === state,
    ))
      for (const table of tables) active.set(table, physicalName(table, version, build));
  const views = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").all();
  for (const view of views) database.exec(`DROP VIEW "${String(view['name'])}"`);
  for (const [table, physical] of active)
    database.exec(`CREATE VIEW "${table}" AS SELECT * FROM ${physical}`);
}

/** Drops one table of a retired build; false when nothing is left to drop. */
export function dropRetired(database: DatabaseSync): boolean {
  const retired = storedBuilds(database).find((stored) => stored.state === 'retired');
  if (retired === undefined) return false;
  const [table, ...rest] = retired.tables;
  database.exec('BEGIN IMMEDIATE');
  if (table !== undefined)
    database.exec(`DROP TABLE ${physicalName(table, retired.version, retired.build)}`);
  database
    .prepare('UPDATE builds SET tables = ? WHERE build = ?')
    .run(JSON.stringify(rest), retired.build);
  if (rest.length === 0) database.prepare('DELETE FROM builds WHERE build = ?').run(retired.build);
  database.exec('COMMIT');
  return true;
}
