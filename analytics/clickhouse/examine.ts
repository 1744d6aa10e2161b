// Compares ClickHouse's copy with the log, event by event, and its entries with what they were made
// from. Changes nothing. What it finds is no loss: the copy can be dropped and is filled anew.
import { createHash } from 'node:crypto';
import { type EventLogReader, type EventText, type Place, START } from '#event-store/port.ts';
import { eventRef } from '#ledger/streams.ts';
import { sqlFile } from '../sql-file.ts';
import type { ClickHouse } from './client.ts';
import { ClickHouseDamaged, copiedUpTo, STRETCH, type Stretch } from './copied.ts';
import { entriesOf, isFilled } from './tables.ts';

export interface Examined {
  /** The last event that the tables hold; START when there is none yet. */
  readonly place: Place;
}

/** Rejects with ClickHouseDamaged, which names the first event that differs. */
export async function examineCopy(
  clickhouse: ClickHouse,
  log: EventLogReader,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Examined> {
  if (!(await isFilled(clickhouse))) return { place: START };
  const place = await copiedUpTo(clickhouse, log);
  const { logIndex } = place;
  let after: Place = START;
  while (after.logIndex < logIndex) {
    const first = after.logIndex + 1;
    const stretch = { first, last: Math.min(logIndex, first + STRETCH - 1) };
    after = await compared(clickhouse, log, { after, stretch });
    onProgress(after.logIndex + 1, logIndex + 1);
  }
  return { place };
}

interface Part {
  readonly after: Place;
  readonly stretch: Stretch;
}

async function compared(
  clickhouse: ClickHouse,
  log: EventLogReader,
  { after, stretch }: Part,
): Promise<Place> {
  let place = after;
  const whole = createHash('sha256');
  while (place.logIndex < stretch.last) {
    const limit = stretch.last - place.logIndex;
    const page = await log.readAllText({ after: place, limit });
    for (const event of page) whole.update(digestOf(event));
    place = page.at(-1)!;
  }
  if ((await digestIn(clickhouse, stretch)) !== whole.digest('hex'))
    throw await firstDifference(clickhouse, log, { after, stretch });
  await assertEntries(clickhouse, stretch);
  return place;
}

async function digestIn(clickhouse: ClickHouse, stretch: Stretch): Promise<unknown> {
  const [row] = await clickhouse.rows(sqlFile(DIGESTS), { ...stretch });
  return row?.['whole'];
}

const DIGESTS = new URL('digests.sql', import.meta.url);

/** As digests.sql reads it from the tables. */
function digestOf({ logIndex, stream, revision, type, id, metadata, data }: EventText): string {
  const { recordedAt, actor, correlationId, causationId, idempotencyKey, requestHash } = metadata;
  const hash = createHash('sha256');
  hash.update(
    `${logIndex}\t${stream}\t${revision}\t${type}\t${id}\t${recordedAt}\t${actor}\t` +
      `${correlationId}\t${causationId}\t${idempotencyKey ?? ''}\t${requestHash ?? ''}\t`,
  );
  return hash.update(data).digest('hex');
}

/** Found by halves: each half is asked for its digest. */
async function firstDifference(clickhouse: ClickHouse, log: EventLogReader, part: Part) {
  const events: EventText[] = [];
  for (let place = part.after; place.logIndex < part.stretch.last; place = events.at(-1)!) {
    const limit = part.stretch.last - place.logIndex;
    events.push(...(await log.readAllText({ after: place, limit })));
  }
  let from = 0;
  let to = events.length;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    const whole = createHash('sha256');
    for (const event of events.slice(from, middle)) whole.update(digestOf(event));
    const { first } = part.stretch;
    const found = await digestIn(clickhouse, { first: first + from, last: first + middle - 1 });
    if (found === whole.digest('hex')) from = middle;
    else to = middle;
  }
  const { stream, revision, logIndex } = events[from]!;
  const ref = eventRef(stream, revision);
  return ClickHouseDamaged.because(`event ${logIndex} (${ref}) is not as the log holds it`);
}

const ROW_HASH = "sipHash128(formatRowNoNewline('TabSeparated', *))";

const EVENTS = `(
  SELECT * FROM ledger_events FINAL WHERE log_index BETWEEN {first:UInt64} AND {last:UInt64}
)`;

/** Entries are made from the events in the engine: made again they must be the same. */
async function assertEntries(clickhouse: ClickHouse, stretch: Stretch): Promise<void> {
  const [row] = await clickhouse.rows(
    `SELECT min(log_index) AS first, count() AS differing FROM (
       SELECT log_index FROM (
         SELECT log_index, ${ROW_HASH} AS hash FROM ledger_entries FINAL
         WHERE log_index BETWEEN {first:UInt64} AND {last:UInt64}
         UNION ALL
         SELECT log_index, ${ROW_HASH} AS hash FROM (${entriesOf(EVENTS)})
       ) GROUP BY log_index HAVING uniqExact(hash) <> 1 OR count() <> 2)`,
    { ...stretch },
  );
  if (row?.['differing'] === '0') return;
  const at = String(row?.['first']);
  throw ClickHouseDamaged.because(`the entry of event ${at} is not what its event says`);
}
