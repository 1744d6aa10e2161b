// What a close leaves for the next, so that the next costs in proportion to its own period: open
// entries and payable balances, once for the SQL and once for the fold. It is only ever a shortcut:
// a carry that does not fit the log, its run or its own hashes is left aside, and the run starts
// from the log's first event.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDurable } from '#event-store/durable-file.ts';
import type { EventLogReader, Place } from '#event-store/port.ts';
import type { StatementRunCompleted } from '#ledger/programme.events.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import { EventRef, Period, Sha256 } from '#ledger/values.ts';
import { hashOf } from '../lake/segments.ts';
import type { Closing } from './period-closings.ts';
import type { SqlEngine } from './sql-engine.ts';

const CarriedFile = z.strictObject({ bytes: z.int().min(0), sha256: Sha256 });

const Carry = z.strictObject({
  format: z.literal('promo-ledger carry 1'),
  logId: z.string().min(1),
  period: Period,
  cutoffLogIndex: z.int().min(0),
  /** Of `PeriodClosed`. */
  position: z.string().regex(/^\d+$/),
  closing: z.strictObject({ ref: EventRef, id: z.uuid() }),
  /** Of the run that it was left by. */
  manifestSha256: Sha256,
  entries: CarriedFile,
  balances: CarriedFile,
  fold: CarriedFile,
});
export type Carry = z.infer<typeof Carry>;

export interface CarryPaths {
  readonly entries: string;
  readonly balances: string;
  readonly fold: string;
}

/** DuckDB's rows are in the files; ClickHouse keeps them, and the files say which they are. */
const ENDINGS = { duckdb: 'parquet', clickhouse: 'json' } as const;

export const carryDirectory = (lake: string, period: string) => join(lake, 'carries', period);

/** Each engine has names of its own: what another left is left aside. */
export function pathsIn(directory: string, engine: SqlEngine['kind']): CarryPaths {
  return {
    entries: join(directory, `entries.${ENDINGS[engine]}`),
    balances: join(directory, `balances.${ENDINGS[engine]}`),
    fold: join(directory, 'fold.ndjson'),
  };
}

/** A new empty directory to write a carry into, for the only run of this period at a time. */
export function newCarryDirectory(lake: string, period: string): string {
  const directory = `${carryDirectory(lake, period)}.new`;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}

export interface CarryOf {
  readonly lake: string;
  readonly engine: SqlEngine['kind'];
  readonly logId: string;
  readonly closing: Closing;
  readonly manifestSha256: string;
}

/** Takes what was written into the new directory as the carry of the period. */
export async function keepCarry(of: CarryOf): Promise<void> {
  const { lake, engine, logId, closing, manifestSha256 } = of;
  const directory = `${carryDirectory(lake, closing.period)}.new`;
  const paths = pathsIn(directory, engine);
  const carry: Carry = {
    format: 'promo-ledger carry 1',
    logId,
    period: closing.period,
    cutoffLogIndex: closing.cutoffLogIndex,
    position: closing.place.position.toString(),
    closing: { ...closing.event },
    manifestSha256,
    entries: await described(paths.entries),
    balances: await described(paths.balances),
    fold: await described(paths.fold),
  };
  writeFileSync(join(directory, 'carry.json'), `${JSON.stringify(carry, null, 1)}\n`);
  for (const path of [...Object.values(paths), join(directory, 'carry.json'), directory])
    makeDurable(path);
  rmSync(carryDirectory(lake, closing.period), { recursive: true, force: true });
  renameSync(directory, carryDirectory(lake, closing.period));
}

async function described(path: string): Promise<z.infer<typeof CarriedFile>> {
  return { bytes: statSync(path).size, sha256: await hashOf(path) };
}

/** The carry that the period before left, if there is one and all of it fits. */
export async function carryBefore(
  log: EventLogReader,
  { lake, engine }: { readonly lake: string; readonly engine: SqlEngine },
  period: string,
): Promise<Carry | undefined> {
  const directory = carryDirectory(lake, previousPeriod(period));
  const carry = carryIn(directory);
  if (!carry || carry.logId !== log.logId) return undefined;
  if (!(await isOfThisLog(log, carry))) return undefined;
  const paths = pathsIn(directory, engine.kind);
  for (const part of ['entries', 'balances', 'fold'] as const) {
    if (!statSync(paths[part], { throwIfNoEntry: false })) return undefined;
    if ((await described(paths[part])).sha256 !== carry[part].sha256) return undefined;
  }
  const files = { entriesFile: paths.entries, balancesFile: paths.balances };
  if (!(await engine.holds(carry.period, files))) return undefined;
  return carry;
}

function carryIn(directory: string): Carry | undefined {
  try {
    return Carry.safeParse(JSON.parse(readFileSync(join(directory, 'carry.json'), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Its closing is in the log under its name, and its run was completed with its manifest. */
async function isOfThisLog(log: EventLogReader, carry: Carry): Promise<boolean> {
  const revision = Number(carry.closing.ref.slice(carry.closing.ref.lastIndexOf('@') + 1));
  const events = await log.readStream(PROGRAMME_STREAM, { from: revision });
  const closing = events[0];
  if (closing?.id !== carry.closing.id) return false;
  const [next] = await log.readAllText({ after: placeOf(carry), limit: 1 });
  if (next?.logIndex !== carry.cutoffLogIndex + 1) return false;
  const run = events.find(({ type, data }) => {
    if (type !== 'StatementRunCompleted') return false;
    return (data as StatementRunCompleted['data']).period === carry.period;
  });
  return (run?.data as StatementRunCompleted['data'])?.manifestSha256 === carry.manifestSha256;
}

/** Of the closing that the carry was left by. */
export const placeOf = ({ position, cutoffLogIndex }: Carry): Place => {
  return { position: BigInt(position), logIndex: cutoffLogIndex };
};

function previousPeriod(period: string): string {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 7);
}
