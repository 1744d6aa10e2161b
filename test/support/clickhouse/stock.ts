// What a stock server does by default, for the newer engine that stands in for one here: the
// version that the deployment runs, and the way in which the rows of an insert reach it.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of the deployment's servers (apps/api/deploy/compose.yaml). */
export const STOCK_VERSION = '25.3';

/** Settings that nobody gives are then those of that version, not of the engine's own. */
export const AS_STOCK = `SET compatibility = '${STOCK_VERSION}'`;

let files = 0;

/**
 * An insert whose rows come in a body, as one that reads them from a file: a server streams a body,
 * but what stands in a statement's own text is copied again and again by the engine in a process.
 */
export async function withRows<T>(
  statement: string,
  rows: Uint8Array,
  work: (statement: string) => Promise<T>,
): Promise<T> {
  const file = join(tmpdir(), `promo-ledger-rows-${process.pid}-${(files += 1)}`);
  writeFileSync(file, rows, { mode: 0o600 });
  try {
    return await work(statement.replace(/ FORMAT (\w+)\s*$/, ` FROM INFILE '${file}' FORMAT $1`));
  } finally {
    rmSync(file);
  }
}
