// What a projection's rows are, in 64 characters: SHA-256 over its tables, their columns and all rows
// in key order. Rows hold no positions and no recorded times, so a replay, and a copied log, give
// the same hash at the same logIndex.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Build } from './builds.ts';

const ROWS_PER_STEP = 5_000;
const ROWS_PER_UPDATE = 200;

/** In steps, so that live traffic goes on between them; the connection must not see it. */
export function* stateHashSteps(
  database: DatabaseSync,
  build: Pick<Build, 'sql'>,
): Generator<void, string> {
  const hash = createHash('sha256');
  for (const { table, columns, scan } of build.sql) {
    hash.update(`${JSON.stringify([table, ...columns])}\n`);
    const statement = database.prepare(scan);
    statement.setReturnArrays(true);
    let rows = '';
    let count = 0;
    for (const row of statement.iterate()) {
      rows += `${JSON.stringify(row)}\n`;
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

export function stateHash(database: DatabaseSync, build: Pick<Build, 'sql'>): string {
  const steps = stateHashSteps(database, build);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
