// How much of a log ClickHouse holds, read back from its tables: the tables are their own
// checkpoint. Refuses tables of another log, and tables with a hole that no interrupted insert can
// have left.
import { type EventLogReader, type Place, START } from '#event-store/port.ts';
import { sqlFile } from '../sql-file.ts';
import type { ClickHouse, Row } from './client.ts';

const BUCKETS = new URL('buckets.sql', import.meta.url);
const MISSING = new URL('missing.sql', import.meta.url);

/** Inserts end where a stretch of so many events ends, at a change of the month and at the end. */
export const STRETCH = 32_768;

/** Something is missing or foreign; the message names it and says what to do. */
export class ClickHouseDamaged extends Error {
  override readonly name = 'ClickHouseDamaged';

  static because(what: string): ClickHouseDamaged {
    const remedy = 'The tables are a copy of the log: drop their database and they are filled anew';
    return new ClickHouseDamaged(`${what}. ${remedy}`);
  }
}

/** logIndex of a stretch's first and last event, both inclusive. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/**
 * The last event up to which the log is here without a gap, known to be whole up to the given
 * place. A gap in the last two stretches is what an interrupted insert leaves: it is the end.
 * Rejects with ClickHouseDamaged.
 */
export async function copiedUpTo(
  clickhouse: ClickHouse,
  log: EventLogReader,
  known: Place = START,
): Promise<Place> {
  const first = known.logIndex + 1;
  const buckets = await bucketsOf(clickhouse, { first, last: Number.MAX_SAFE_INTEGER });
  const last = buckets.at(-1);
  if (!last) return known;
  assertOfLog(buckets, log.logId);
  const gap = firstGap(buckets, { first, last: last.last });
  if (gap && gap.first < (last.bucket - 1) * STRETCH) await assertFilledSince(clickhouse, gap);
  const end = gap ? gap.first - 1 : last.last;
  return end === known.logIndex ? known : placeOfCopied(clickhouse, log, end);
}

/** Everything between must be here, once: what is computed from it would be wrong otherwise. */
export async function assertWhole(clickhouse: ClickHouse, stretch: Stretch, logId: string) {
  const buckets = await bucketsOf(clickhouse, stretch);
  assertOfLog(buckets, logId);
  const gap = firstGap(buckets, stretch);
  if (gap) await assertFilledSince(clickhouse, gap);
}

interface Bucket {
  readonly bucket: number;
  readonly events: number;
  readonly money: number;
  readonly entries: number;
  /** logIndex of the last event that is here. */
  readonly last: number;
  readonly logIds: readonly string[];
}

async function bucketsOf(clickhouse: ClickHouse, { first, last }: Stretch) {
  const rows = await clickhouse.rows(sqlFile(BUCKETS), { size: STRETCH, first, last });
  return rows.map(bucketOf);
}

const bucketOf = (row: Row): Bucket => ({
  bucket: Number(row['bucket']),
  events: Number(row['events']),
  money: Number(row['money']),
  entries: Number(row['entries'] ?? 0),
  last: Number(row['last']),
  logIds: row['log_ids'] as readonly string[],
});

function assertOfLog(buckets: readonly Bucket[], logId: string): void {
  const other = buckets.flatMap(({ logIds }) => logIds).find((each) => each !== logId);
  if (other !== undefined)
    throw ClickHouseDamaged.because(`the tables hold a copy of another log (${other})`);
}

/** The part of the first incomplete bucket that should be here. */
function firstGap(buckets: readonly Bucket[], { first, last }: Stretch): Stretch | undefined {
  const byBucket = new Map(buckets.map((each) => [each.bucket, each]));
  for (let bucket = Math.floor(first / STRETCH); bucket * STRETCH <= last; bucket += 1) {
    const wanted = {
      first: Math.max(first, bucket * STRETCH),
      last: Math.min(last, (bucket + 1) * STRETCH - 1),
    };
    const held = byBucket.get(bucket);
    const isWhole = held?.events === wanted.last - wanted.first + 1 && held.money === held.entries;
    if (!isWhole) return wanted;
  }
  return undefined;
}

/** Another sink may have been at it while it was counted: only what is still missing is named. */
async function assertFilledSince(clickhouse: ClickHouse, { first, last }: Stretch): Promise<void> {
  const count = last - first + 1;
  const [row] = await clickhouse.rows(sqlFile(MISSING), { first, count });
  if (row?.['missing'] === '0') return;
  const at = Number(row?.['first'] ?? first);
  throw ClickHouseDamaged.because(`event ${at} of the log is missing, or its entry is`);
}

/**
 * Where the log has an event that is here: by its stream, for to count to it would be to read all
 * that stands before it. Tables that are ahead of the log, or foreign, are refused.
 */
async function placeOfCopied(
  clickhouse: ClickHouse,
  log: EventLogReader,
  logIndex: number,
): Promise<Place> {
  if (logIndex < 0) return START;
  const [held] = await clickhouse.rows(
    'SELECT stream, revision, id FROM ledger_events WHERE log_index = {logIndex:UInt64} LIMIT 1',
    { logIndex },
  );
  const stream = String(held?.['stream']);
  const [stored] = await log.readStream(stream, { from: Number(held?.['revision']), limit: 1 });
  if (!stored || stored.id !== held?.['id'])
    throw ClickHouseDamaged.because(`the tables hold event ${logIndex}, which the log has not`);
  return { position: stored.position, logIndex };
}
