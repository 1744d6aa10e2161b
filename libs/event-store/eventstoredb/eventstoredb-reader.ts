// Reads a log on EventStoreDB, beside its writers or as one of them. Pages through the server's
// whole log and counts the ledger's events, going on from a place that somebody counted before.
import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { eventRef } from '#ledger/streams.ts';
import { LogCorrupt } from '../log-file-errors.ts';
import {
  type AllRead,
  type EventFact,
  type EventLogReader,
  type EventText,
  type Follow,
  type Place,
  type Position,
  type RecordedEvent,
  START,
  StoreUnavailable,
  type StreamEvent,
  type StreamRead,
  type TextRead,
} from '../port.ts';
import { CallFailed } from './call-failed.ts';
import type { Connection, Health } from './connection.ts';
import { LogNotAlone } from './log-errors.ts';
import { LogEnd } from './log-end.ts';
import type { LogIdentity } from './log-identity.ts';
import { LogScan } from './log-scan.ts';
import { findLossyStreams, type LossyStream } from './lossy-streams.ts';
import { type Mark, Marks } from './marks.ts';
import { News } from './news.ts';
import { Places } from './places.ts';
import { READ_BUFFER, readPage } from './read-page.ts';
import { fromStore, roughSize, textOf } from './stored-event.ts';
import { assertWhole } from './whole-stream.ts';

const PAGE = 1_000;

/** Of a page's data, in characters of JSON, roughly. */
const MAX_PAGE_SIZE = 4 * 1024 * 1024;

/** A follower reads this often whether or not it was told of anything: news may fall silent. */
const POLL_MS = 1_000;

/** Readers that go through the log at once, each from where it is. */
const MAX_SCANS = 8;

interface StreamPage {
  readonly events: readonly StreamEvent[];
  /** Nothing stood behind them when they were read. */
  readonly isEnd: boolean;
}

export class EventStoreDbReader implements EventLogReader {
  readonly logId: string;
  protected readonly connection: Connection;
  protected readonly prefix: string;
  protected readonly news: News;
  protected readonly marks: Marks;
  readonly #begin: LogIdentity['begin'];
  readonly #end: LogEnd;
  readonly #places = new Places();
  /** By the position of the last event that each gave. */
  readonly #scans = new Map<Position, LogScan>();

  constructor(connection: Connection, prefix: string, { logId, begin }: LogIdentity) {
    this.logId = logId;
    this.#begin = begin;
    this.connection = connection;
    this.prefix = prefix;
    this.news = new News(connection, prefix);
    this.marks = new Marks(connection, prefix);
    this.#end = new LogEnd(connection, prefix, begin?.commit);
  }

  /** As of the last call, or the last heartbeat where there were no calls. */
  health(): Health {
    return this.connection.health;
  }

  /** Calls back, often for nothing, when the log may hold more. Ends by the returned function. */
  onNews(listener: () => void): () => void {
    return this.news.listen(listener);
  }

  async readStream(stream: string, read: StreamRead = {}): Promise<readonly StreamEvent[]> {
    return (await this.#pageOf(stream, read)).events;
  }

  async *readToEnd(stream: string, from: number): AsyncGenerator<readonly StreamEvent[]> {
    for (let next = from; ;) {
      const { events, isEnd } = await this.#pageOf(stream, { from: next });
      if (events.length > 0) yield events;
      if (isEnd) return;
      next += events.length;
    }
  }

  async #pageOf(stream: string, read: StreamRead): Promise<StreamPage> {
    const { direction = 'forwards', limit = PAGE, from } = read;
    const edge = direction === 'forwards' ? ('start' as const) : ('end' as const);
    const options = {
      ...this.connection.callOptions,
      direction,
      maxCount: limit,
      fromRevision: from === undefined ? edge : BigInt(from),
    };
    let events: StreamEvent[] = [];
    const ask = (client: EventStoreDBClient) => {
      events = [];
      let size = 0;
      const found = client.readStream(this.prefix + stream, options, READ_BUFFER);
      return readPage(found, this.connection.patience.callMs, (resolved) => {
        const event = this.#streamEvent(resolved, stream);
        events.push(event);
        size += roughSize(event.data);
        return size < MAX_PAGE_SIZE;
      });
    };
    const asked = this.connection
      .callAgain(['not_done', 'unknown'], ask)
      .catch((error: unknown) => {
        if (!(error instanceof CallFailed && error.kind === 'not_found')) throw error;
        return true;
      });
    const isWhole = await this.asking(() => asked, stream);
    assertWhole(this.connection.log, stream, events, read);
    return { events, isEnd: isWhole && events.length < limit };
  }

  async readAll(read: AllRead = {}): Promise<readonly RecordedEvent[]> {
    const { after = START, limit = PAGE, onEnd } = read;
    const events: RecordedEvent[] = [];
    let size = 0;
    const hasEnded = await this.#scan(after, limit, (event, logIndex) => {
      events.push({ ...event, logIndex });
      size += roughSize(event.data);
      return size < MAX_PAGE_SIZE;
    });
    if (hasEnded) onEnd?.();
    return events;
  }

  /** The envelope comes with every event: there is nothing to spare. */
  readAllFacts(read?: AllRead): Promise<readonly EventFact[]> {
    return this.readAll(read);
  }

  async readAllText(read: TextRead = {}): Promise<readonly EventText[]> {
    const { after = START, limit = PAGE } = read;
    const types = read.types && new Set(read.types);
    const events: EventText[] = [];
    let size = 0;
    const wanted = types === undefined ? limit : Number.POSITIVE_INFINITY;
    await this.#scan(after, wanted, (event, logIndex) => {
      if (types !== undefined && !types.has(event.type)) return true;
      const data = textOf(event.data);
      events.push({ ...event, logIndex, data });
      size += data.length;
      return size < MAX_PAGE_SIZE && events.length < limit;
    });
    return events;
  }

  async *follow({ after, signal }: Follow): AsyncGenerator<readonly RecordedEvent[]> {
    let wake = () => {};
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => (wake(), resolve(undefined)), { once: true });
    });
    const hush = this.news.listen(() => wake());
    try {
      const head = await Promise.race([this.#patiently(signal, () => this.head()), stopped]);
      if (head !== undefined && after.position > head) throw beyond(after);
      let place = after;
      let wasTold = true;
      while (!signal.aborted) {
        const { told } = this.news;
        const read = this.#patiently(signal, () => this.readAll({ after: place }));
        const events = await Promise.race([read, stopped]);
        const last = events?.at(-1);
        if (events !== undefined && last !== undefined) {
          if (!wasTold) this.news.wasSilent();
          wasTold = true;
          place = last;
          yield events;
        } else if (told === this.news.told && !signal.aborted) {
          wasTold = await new Promise((resolve) => {
            const timer = setTimeout(() => resolve(false), POLL_MS);
            wake = () => (clearTimeout(timer), resolve(true));
          });
        }
      }
    } finally {
      hush();
    }
  }

  async head(): Promise<Position> {
    return this.asking(() => this.#end.find());
  }

  async placeOf(logIndex: number): Promise<Place | undefined> {
    if (logIndex < 0) return START;
    let place = this.#places.before(logIndex);
    if (place.logIndex < logIndex)
      await this.#scan(place, logIndex - place.logIndex, ({ position }, at) => {
        place = { position, logIndex: at };
        return true;
      });
    return place.logIndex === logIndex ? place : undefined;
  }

  /** Undefined when nothing stands there. */
  findMark(mark: Mark): Promise<string | undefined> {
    return this.asking(() => this.marks.find(mark));
  }

  /** Of the ledger's streams, those that lose events by what somebody told the server. */
  lossyStreams(): Promise<readonly LossyStream[]> {
    return this.asking(() => findLossyStreams(this.connection, this.prefix));
  }

  async close(): Promise<void> {
    await this.connection.close();
    this.news.tell();
  }

  /** Says what a failure means to who asked for it. */
  protected async asking<T>(ask: () => Promise<T>, stream?: string): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof CallFailed ? this.meaningOf(error, stream) : error;
    }
  }

  protected meaningOf(error: CallFailed, stream?: string): Error {
    const { log } = this.connection;
    if (error.kind === 'deleted') return new LogCorrupt(log, `${stream} was deleted for good`);
    return new StoreUnavailable(`${log}: ${error.message}`, { cause: error });
  }

  async #scan(
    after: Place,
    wanted: number,
    take: (event: StreamEvent, logIndex: number) => boolean,
  ): Promise<boolean> {
    const known = this.#scans.get(after.position);
    this.#scans.delete(after.position);
    const isSame = known?.place.logIndex === after.logIndex;
    const scope = { connection: this.connection, prefix: this.prefix, begin: this.#begin };
    const scan = isSame ? known! : new LogScan(scope, after);
    const hasEnded = await this.asking(() =>
      scan.read(wanted, (event, logIndex) => {
        this.#places.learn({ position: event.position, logIndex });
        return take(event, logIndex);
      }),
    );
    if (hasEnded) this.#end.learn(scan.seen, scan.place.position);
    this.#keep(scan);
    return hasEnded;
  }

  #keep(scan: LogScan): void {
    this.#scans.set(scan.place.position, scan);
    if (this.#scans.size <= MAX_SCANS) return;
    const [oldest] = this.#scans.keys();
    this.#scans.delete(oldest!);
  }

  /** An outage ends no follower; undefined when it was stopped meanwhile. */
  async #patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await ask();
      } catch (error) {
        if (signal.aborted) return undefined;
        const isOutage = error instanceof StoreUnavailable && !this.connection.closing.aborted;
        if (!isOutage) throw error;
      }
      await this.connection.pause(POLL_MS).catch(() => undefined);
    }
    return undefined;
  }

  #streamEvent({ event }: ResolvedEvent, stream: string): StreamEvent {
    const found = event && fromStore(event, stream);
    if (found !== undefined) return found;
    const what = `${eventRef(stream, Number(event?.revision))} (${event?.type})`;
    throw new LogNotAlone(this.connection.log, what);
  }
}

function beyond({ position }: Place): RangeError {
  return new RangeError(`${position} is beyond the end of the log: it is of another log`);
}
