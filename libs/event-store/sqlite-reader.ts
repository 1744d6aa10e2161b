// Reads a log's SQLite file: by the writer itself, or beside it from another thread or process.
// Never skips or reorders: a page that is not contiguous with the place asked for is an error.
import type { DatabaseSync } from 'node:sqlite';
import { EventRows } from './event-rows.ts';
import { openForReading } from './log-file.ts';
import { isDamage, LogCorrupt, messageOf, sqliteCode } from './log-file-errors.ts';
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
} from './port.ts';

const PAGE = 1_000;

/** How long a follower sleeps that nobody nudges. */
const POLL_MS = 50;

export function openSqliteReader(file: string): SqliteReader {
  return new SqliteReader(file, openForReading(file));
}

export class SqliteReader implements EventLogReader {
  readonly logId: string;
  protected readonly file: string;
  protected readonly database: DatabaseSync;
  protected readonly rows: EventRows;
  readonly #sleepers = new Set<() => void>();
  #nudges = 0;
  #isClosed = false;

  constructor(file: string, database: DatabaseSync) {
    this.file = file;
    this.database = database;
    try {
      this.rows = new EventRows(database);
      this.logId = this.rows.logId();
    } catch (error) {
      database.close();
      throw meaningOf(file, error);
    }
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  async readStream(stream: string, read: StreamRead = {}): Promise<readonly StreamEvent[]> {
    const backwards = read.direction === 'backwards';
    const from = read.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0);
    const limit = read.limit ?? PAGE;
    return this.asking(() => this.rows.ofStream(stream, { from, limit, backwards }));
  }

  async *readToEnd(stream: string, from: number): AsyncGenerator<readonly StreamEvent[]> {
    for (let next = from; ;) {
      const events = await this.readStream(stream, { from: next });
      if (events.length === 0) return;
      yield events;
      next += events.length;
    }
  }

  async readAll({ after = START, limit = PAGE }: AllRead = {}): Promise<readonly RecordedEvent[]> {
    const events = this.asking(() => this.rows.ofLog(after.logIndex, limit));
    this.#assertContiguous(after.logIndex, events);
    return events;
  }

  async readAllFacts({ after = START, limit = PAGE }: AllRead = {}): Promise<readonly EventFact[]> {
    const facts = this.asking(() => this.rows.factsOfLog(after.logIndex, limit));
    this.#assertContiguous(after.logIndex, facts);
    return facts;
  }

  async readAllText(read: TextRead = {}): Promise<readonly EventText[]> {
    const { after = START, limit = PAGE, types } = read;
    const events = this.asking(() => this.rows.textsOfLog(after.logIndex, limit, types));
    if (types === undefined) this.#assertContiguous(after.logIndex, events);
    return events;
  }

  async *follow({ after, signal }: Follow): AsyncGenerator<readonly RecordedEvent[]> {
    if (after.position > (await this.head()))
      throw new RangeError(`${after.position} is beyond the end of the log: it is of another log`);
    let place = after;
    while (!signal.aborted) {
      const nudges = this.#nudges;
      const events = await this.readAll({ after: place });
      const last = events.at(-1);
      if (last !== undefined) {
        place = last;
        yield events;
      } else if (nudges === this.#nudges) await this.#news(signal);
    }
  }

  async head(): Promise<Position> {
    return BigInt(this.asking(() => this.rows.lastPosition()));
  }

  async placeOf(logIndex: number): Promise<Place | undefined> {
    if (logIndex < 0) return START;
    return logIndex > (await this.head()) ? undefined : { position: BigInt(logIndex), logIndex };
  }

  /** There may be new events: followers look at once instead of when they next would. */
  nudge(): void {
    this.#nudges += 1;
    for (const wake of this.#sleepers) wake();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.database.close();
    this.nudge();
  }

  /** Asks the database, and says what its errors mean. */
  protected asking<T>(ask: () => T): T {
    if (this.#isClosed) throw new StoreUnavailable(`${this.file} is closed`);
    try {
      return ask();
    } catch (error) {
      throw meaningOf(this.file, error);
    }
  }

  #assertContiguous(after: number, events: readonly { readonly logIndex: number }[]): void {
    for (const [i, { logIndex }] of events.entries()) {
      if (logIndex === after + 1 + i) continue;
      throw new LogCorrupt(
        this.file,
        `the event at ${after + 1 + i} is missing before ${logIndex}`,
      );
    }
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      signal.addEventListener('abort', wake);
      this.#sleepers.add(wake);
    });
  }
}

function meaningOf(file: string, error: unknown): unknown {
  if (isDamage(error)) return new LogCorrupt(file, messageOf(error), error);
  if (sqliteCode(error) === undefined) return error;
  return new StoreUnavailable(`${file}: ${messageOf(error)}`, { cause: error });
}
