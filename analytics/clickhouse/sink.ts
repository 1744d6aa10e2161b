// Brings ClickHouse up to date with the log. Each event counts exactly once, whatever is
// interrupted: the tables themselves say how far they are (copied.ts); an insert is one block of
// one month's partition, which is stored whole or not at all; what is inserted again replaces
// itself, for rows are keyed by logIndex and every reader reads them FINAL. So nothing has to be
// remembered elsewhere, and two sinks at once do no harm. A log that skips or repeats stops it.
import { setTimeout as pause } from 'node:timers/promises';
import type { EventLogReader, Place } from '#event-store/port.ts';
import { START } from '#event-store/port.ts';
import { sqlFile } from '../sql-file.ts';
import type { OnProgress } from '../workspace.ts';
import { Block } from './block.ts';
import { ClickHouseUnreachable, type ClickHouse } from './client.ts';
import { copiedEvents } from './copied.ts';
import { createTables } from './tables.ts';

export interface SinkOptions {
  /** Bring the tables at least up to this logIndex, inclusive. Default: the log's end. */
  readonly until?: number;
  readonly onProgress?: OnProgress;
}

export interface Synced {
  /** Events in the tables: they hold logIndex 0 to events - 1. */
  readonly events: number;
  /** How many of them this call inserted. */
  readonly added: number;
}

/** Rejects with ClickHouseDamaged, ClickHouseUnreachable or ClickHouseRefused. */
export async function syncClickHouse(
  log: EventLogReader,
  clickhouse: ClickHouse,
  options: SinkOptions = {},
): Promise<Synced> {
  await createTables(clickhouse);
  const before = await copiedEvents(clickhouse, log);
  const events = await insertAfter(log, clickhouse, await placeBefore(log, before), options);
  return { events, added: events - before };
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Collect news for so long before they are inserted: many small inserts are dear. */
  readonly lingerMs?: number;
  /** Called with the number of events in the tables after each insert. */
  readonly onSynced?: (events: number) => void;
}

/** Goes on inserting what comes until the signal aborts. */
export async function followIntoClickHouse(
  log: EventLogReader,
  clickhouse: ClickHouse,
  { signal, lingerMs = 1_000, onSynced }: FollowOptions,
): Promise<void> {
  let { events } = await syncClickHouse(log, clickhouse);
  onSynced?.(events);
  for await (const page of log.follow({ after: await placeBefore(log, events), signal })) {
    if (page.at(-1)!.logIndex < events) continue;
    await pause(lingerMs, undefined, { signal }).catch(() => undefined);
    events = await insertAfter(log, clickhouse, await placeBefore(log, events), {});
    onSynced?.(events);
  }
}

/** The place after which the event with this logIndex comes. */
async function placeBefore(log: EventLogReader, logIndex: number): Promise<Place> {
  if (logIndex === 0) return START;
  const place = await log.placeOf(logIndex - 1);
  if (!place) throw new Error(`the log ends before ${logIndex - 1}`);
  return place;
}

const PAGE = 4_096;

/** One block is on its way while the next is read. Resolves to the number of events there then. */
async function insertAfter(
  log: EventLogReader,
  clickhouse: ClickHouse,
  place: Place,
  { until = Infinity, onProgress }: SinkOptions,
): Promise<number> {
  let after = place;
  let block = new Block(log.logId);
  let spare = new Block(log.logId);
  let sending: Promise<void> = Promise.resolve();
  const send = async () => {
    if (block.isEmpty) return;
    await sending;
    const full = block;
    [block, spare] = [spare, full];
    block.clear();
    sending = insert(clickhouse, full);
    sending.catch(() => undefined);
    onProgress?.({ stage: 'clickhouse', done: full.stretch.last + 1, total: 0 });
  };
  for (;;) {
    if (after.logIndex >= until) break;
    const page = await log.readAllText({ after, limit: PAGE });
    if (page.length === 0) break;
    for (const event of page) {
      if (event.logIndex !== after.logIndex + 1)
        throw new Error(`the log goes on at ${event.logIndex}, not at ${after.logIndex + 1}`);
      if (!block.takes(event)) await send();
      block.add(event);
      after = event;
    }
  }
  await send();
  await sending;
  return after.logIndex + 1;
}

const ENTRIES = new URL('entries.sql', import.meta.url);
const INSERT_EVENTS =
  'INSERT INTO ledger_events (log_id, log_index, stream, revision, type, id, recorded_at, ' +
  'actor_json, correlation_id, causation_id, key_json, hash_text, data) FORMAT TabSeparatedRaw';

/** Waits before the second and the third try, when nothing answered. */
const AGAIN_AFTER_MS = [200, 1_000];

/** The same block again when it is unknown whether it arrived. */
async function insert(clickhouse: ClickHouse, block: Block): Promise<void> {
  for (const wait of [...AGAIN_AFTER_MS, undefined]) {
    try {
      await clickhouse.insert(INSERT_EVENTS, block.bytes);
      await clickhouse.run(sqlFile(ENTRIES), { ...block.stretch });
      return;
    } catch (error) {
      if (!(error instanceof ClickHouseUnreachable) || wait === undefined) throw error;
      await pause(wait);
    }
  }
}
