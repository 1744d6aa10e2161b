// Brings ClickHouse up to date with the log. Each event counts exactly once, whatever is
// interrupted: the tables themselves say how far they are (copied.ts); an insert is one block of
// one month's partition, which is stored whole or not at all; what is inserted again replaces
// itself, for rows are keyed by logIndex and every reader reads them FINAL. So nothing has to be
// remembered elsewhere, and two sinks at once do no harm. A log that skips or repeats stops it.
import { setTimeout as pause } from 'node:timers/promises';
import type { EventLogReader, Place } from '#event-store/port.ts';
import type { OnProgress } from '../workspace.ts';
import { Block } from './block.ts';
import { ClickHouseUnreachable, type ClickHouse } from './client.ts';
import { copiedUpTo } from './copied.ts';
import { createTables } from './tables.ts';

export interface SinkOptions {
  /** Bring the tables at least up to this logIndex, inclusive. Default: the log's end. */
  readonly until?: number;
  readonly onProgress?: OnProgress;
  /** Ends it early, between two inserts. */
  readonly signal?: AbortSignal;
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
  const before = await copiedUpTo(clickhouse, log);
  const { logIndex } = await insertAfter({ log, clickhouse }, before, options);
  return { events: logIndex + 1, added: logIndex - before.logIndex };
}

const PAGE = 4_096;

/** One block is on its way while the next is read. Resolves to the last event there then. */
export async function insertAfter(
  { log, clickhouse }: { readonly log: EventLogReader; readonly clickhouse: ClickHouse },
  place: Place,
  { until = Infinity, onProgress, signal }: SinkOptions,
): Promise<Place> {
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
    const done = full.stretch.last + 1;
    sending = insert(clickhouse, full).then(() =>
      onProgress?.({ stage: 'clickhouse', done, total: 0 }),
    );
    sending.catch(() => undefined);
  };
  while (after.logIndex < until && !signal?.aborted) {
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
  return { position: after.position, logIndex: after.logIndex };
}

const INSERT_EVENTS =
  'INSERT INTO ledger_events (log_id, log_index, stream, revision, type, id, recorded_at, ' +
  'actor_json, correlation_id, causation_id, key_json, hash_text, data) FORMAT TabSeparatedRaw';

/** Waits before the second and the third try, when nothing answered. */
const AGAIN_AFTER_MS = [200, 1_000];

/** With the entries of its events. The same block again when it is unknown whether it arrived. */
async function insert(clickhouse: ClickHouse, block: Block): Promise<void> {
  for (const wait of [...AGAIN_AFTER_MS, undefined]) {
    try {
      return await clickhouse.insert(INSERT_EVENTS, block.bytes);
    } catch (error) {
      if (!(error instanceof ClickHouseUnreachable) || wait === undefined) throw error;
      await pause(wait);
    }
  }
}
