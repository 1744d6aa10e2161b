// Keeps ClickHouse up to date with the log for as long as it is let: beside the service in each
// node, or as a process of its own. Whatever is out of reach is tried again, later each time, and
// is said. Any number may do so at once: each looks how far the tables are before it inserts, and
// what two insert at the same moment counts once.
import { setTimeout as pause } from 'node:timers/promises';
import { LogUnreachable } from '#event-store/eventstoredb/log-errors.ts';
import type { LogSource } from '#event-store/log-source.ts';
import { type EventLogReader, type Place, START, StoreUnavailable } from '#event-store/port.ts';
import { withLog } from '../log.ts';
import type { ClickHouseTarget } from '../workspace.ts';
import { ClickHouseRefused, ClickHouseUnreachable, openClickHouse } from './client.ts';
import type { ClickHouse, ClickHouseOptions } from './client.ts';
import { ClickHouseDamaged, copiedUpTo } from './copied.ts';
import { insertAfter } from './sink.ts';
import { createTables, createViews } from './tables.ts';

/** What has become of the copy since it was last heard of. */
export type CopyNews =
  /** The tables hold logIndex 0 to events - 1. */
  | { readonly kind: 'copied'; readonly events: number; readonly isCaughtUp: boolean }
  /** It is tried again by itself. What is damaged stays so until somebody does as it says. */
  | {
      readonly kind: 'outage';
      readonly isDamage: boolean;
      readonly message: string;
      readonly againInMs: number;
    };

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onNews: (news: CopyNews) => void;
  /** Collect news for so long before they are inserted: many small inserts are dear. */
  readonly lingerMs?: number;
  readonly firstPauseMs?: number;
  /** How the engine is reached, for tests. */
  readonly clickhouse?: Pick<ClickHouseOptions, 'connection'>;
}

const LINGER_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** With no news from the log the engine is asked all the same: is it there, is the copy whole? */
const ASK_EVERY_MS = 10_000;
/** The longest that one statement may take: a server that fell silent is an outage. */
const DEADLINE_MS = 120_000;

/**
 * Creates the tables and the analysts' views, then goes on until the signal aborts, and resolves.
 * Rejects with what no waiting mends: a log that is damaged or foreign.
 */
export async function followIntoClickHouse(
  source: LogSource,
  target: ClickHouseTarget,
  options: FollowOptions,
): Promise<void> {
  const { signal, firstPauseMs = FIRST_PAUSE_MS } = options;
  let pauseMs = firstPauseMs;
  const onNews = (news: CopyNews) => {
    if (news.kind === 'copied') pauseMs = firstPauseMs;
    options.onNews(news);
  };
  while (!signal.aborted) {
    try {
      await withLog(source, (log) => following(log, target, { ...options, onNews }));
    } catch (error) {
      if (signal.aborted) return;
      if (!isOutage(error)) throw error;
      const isDamage = error instanceof ClickHouseDamaged;
      onNews({ kind: 'outage', isDamage, message: error.message, againInMs: pauseMs });
      await sleep(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

const OUTAGES = [
  ...[ClickHouseUnreachable, ClickHouseRefused, ClickHouseDamaged],
  ...[LogUnreachable, StoreUnavailable],
];

const isOutage = (error: unknown): error is Error =>
  OUTAGES.some((outage) => error instanceof outage);

async function following(
  log: EventLogReader,
  target: ClickHouseTarget,
  { signal, onNews, lingerMs = LINGER_MS, clickhouse: how }: FollowOptions,
): Promise<void> {
  const clickhouse = await openClickHouse(target, { ...how, signal, deadlineMs: DEADLINE_MS });
  try {
    await createTables(clickhouse);
    await createViews(clickhouse);
    const copy = new Copy(log, clickhouse, onNews);
    while (!signal.aborted) {
      await copy.catchUp(signal);
      await sleep(lingerMs, signal);
    }
  } finally {
    await clickhouse.close();
  }
}

class Copy {
  readonly #log: EventLogReader;
  readonly #clickhouse: ClickHouse;
  readonly #onNews: FollowOptions['onNews'];
  #place: Place = START;
  #askedAt = -Infinity;
  #told = '';

  constructor(log: EventLogReader, clickhouse: ClickHouse, onNews: FollowOptions['onNews']) {
    this.#log = log;
    this.#clickhouse = clickhouse;
    this.#onNews = onNews;
  }

  async catchUp(signal: AbortSignal): Promise<void> {
    const [next] = await this.#log.readAllText({ after: this.#place, limit: 1 });
    const isDue = performance.now() - this.#askedAt >= ASK_EVERY_MS;
    if (next === undefined && !isDue) return;
    this.#place = await copiedUpTo(this.#clickhouse, this.#log, this.#place);
    this.#askedAt = performance.now();
    if (next !== undefined) this.#tell(this.#place.logIndex + 1, false);
    const onProgress = ({ done }: { readonly done: number }) => this.#tell(done, false);
    const parts = { log: this.#log, clickhouse: this.#clickhouse };
    this.#place = await insertAfter(parts, this.#place, { signal, onProgress });
    this.#tell(this.#place.logIndex + 1, !signal.aborted);
  }

  #tell(events: number, isCaughtUp: boolean): void {
    const news = `${events} ${isCaughtUp}`;
    if (news !== this.#told) this.#onNews({ kind: 'copied', events, isCaughtUp });
    this.#told = news;
  }
}

const sleep = (ms: number, signal: AbortSignal) =>
  pause(ms, undefined, { signal }).catch(() => undefined);
