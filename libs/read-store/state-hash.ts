// What a projection's rows are, in 64 characters: SHA-256 over its tables, their columns and all
// rows in key order. Rows hold no positions and no recorded times, so a replay, and a copied log,
// give the same hash at the same logIndex.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { physicalName } from './table-sql.ts';

const ROWS_PER_STEP = 5_000;
const ROWS_PER_UPDATE = 200;

export interface HashedBuild {
  readonly version: number;
  readonly build: number;
  /** Plain names, in the projection's order. */
  readonly tables: readonly string[];
}

/** In steps, so that live traffic goes on between them; the connection must not see it. */
export function* stateHashSteps(
  database: DatabaseSync,
  { version, build, tables }: HashedBuild,
): Generator<void, string> {
  const hash = createHash('sha256');
  for (const table of tables) {
    const { columns, scan } = scanOf(database, physicalName(table, version, build));
    hash.update(`${JSON.stringify([table, ...columns])}\n`);
    const statement = database.prepare(scan);
    statement.setReturnArrays(true);
    let rows = '';
    let count = 0;
    for (const row of statement.iterate()) {
      rows += `${(row as unknown as readonly [json: string])[0]}\n`;
      count++;
      if (count % ROWS_PER_UPDATE === 0) {
        hash.update(rows);
        rows = '';
      }
      if (count % ROWS_PER_STEP === 0) yield;
    }
    hash.update(rows);
  }
  return hash.digest('hex');
}

export function stateHash(database: DatabaseSync, build: HashedBuild): string {
  const steps = stateHashSteps(database, build);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function scanOf(database: DatabaseSync, physical: string) {
  const columns = database
    .prepare('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid')
    .all(physical) as { name: string; pk: number }[];
  const key = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk);
  const named = (some: readonly { name: string }[]) =>
    some.map(({ name }) => `"${name}"`).join(', ');
  return {
    columns: columns.map(({ name }) => name),
    scan: `SELECT json_array(${named(columns)}) FROM ${physical} ORDER BY ${named(key)}`,
  };
}
