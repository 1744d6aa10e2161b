// The SQL of one projection table, made from its declaration. A table of a build has a name of its
// own, so that versions and rebuilds stand side by side; queries use the plain name, a view.
import type { Table } from './projection.ts';

/** Values of one statement that inserts several rows: of more it gets no faster. */
const MANY_VALUES = 128;

/** Columns that changed are remembered as bits of one number. */
const MAX_COLUMNS = 30;

export function physicalName(table: string, version: number, build: number): string {
  return `${table}_v${version}_b${build}`;
}

export interface TableSql {
  readonly columns: readonly string[];
  readonly keyAt: readonly number[];
  readonly create: string;
  /** Made after a rebuild has filled the table: sorting once is cheaper than keeping sorted. */
  readonly createIndexes: readonly string[];
  readonly select: string;
  readonly insert: string;
  /** Of `manyRows` rows, one after the other. */
  readonly insertMany: string;
  readonly manyRows: number;
  readonly upsert: string;
  /** Sets the columns at these places; the values, then the key. */
  readonly update: (changed: readonly number[]) => string;
  readonly remove: string;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

export function tableSql(table: Table, physical: string): TableSql {
  const columns = Object.keys(table.columns);
  if (columns.length > MAX_COLUMNS)
    throw new Error(`${table.name} has more than ${MAX_COLUMNS} columns`);
  const named = quoted(columns);
  const whereKey = table.key.map((name) => `"${name}" = ?`).join(' AND ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  const insert = `INSERT INTO ${physical} (${named}) VALUES ${row}`;
  const manyRows = Math.max(2, Math.floor(MANY_VALUES / columns.length));
  const others = columns.filter((name) => !table.key.includes(name));
  const overwrite = others.map((name) => `"${name}" = excluded."${name}"`).join(', ');
  return {
    columns,
    keyAt: table.key.map((name) => columns.indexOf(name)),
    create: createTable(table, physical),
    createIndexes: table.indexes.map(
      ({ on, where }, place) =>
        `CREATE INDEX IF NOT EXISTS ${physical}_i${place} ON ${physical} (${quoted(on)})` +
        (where === undefined ? '' : ` WHERE ${where}`),
    ),
    select: `SELECT ${named} FROM ${physical} WHERE ${whereKey}`,
    insert,
    insertMany: `${insert}${`, ${row}`.repeat(manyRows - 1)}`,
    manyRows,
    upsert: `${insert} ON CONFLICT (${quoted(table.key)}) DO UPDATE SET ${overwrite}`,
    update: (changed) =>
      `UPDATE ${physical} SET ${changed.map((at) => `"${columns[at]}" = ?`).join(', ')} ` +
      `WHERE ${whereKey}`,
    remove: `DELETE FROM ${physical} WHERE ${whereKey}`,
  };
}

/**
 * Rows whose key begins with a place in the log arrive in key order and need no other; those of the
 * rest lie in order of arrival, which spares the larger rows from being moved, beside their key.
 */
function createTable(table: Table, physical: string): string {
  const columns = Object.entries(table.columns).map(([name, type]) => {
    const [kind, nullable] = type.split(' ');
    return `"${name}" ${kind!.toUpperCase()}${nullable === undefined ? ' NOT NULL' : ''}`;
  });
  const arrivesInOrder = table.columns[table.key[0]!] === 'integer';
  return (
    `CREATE TABLE ${physical} (${columns.join(', ')}, PRIMARY KEY (${quoted(table.key)})) ` +
    `STRICT${arrivesInOrder ? ', WITHOUT ROWID' : ''}`
  );
}
