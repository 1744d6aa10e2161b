// The log in one SQLite file, the default store. All appends of one tick share one commit, and one
// fdatasync; each of them is stored whole or not at all, at exactly the revision it expects.
// Nothing is acknowledged before its commit; when a commit fails nothing of it is.
import { basename, dirname, extname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { canonicalAppend } from './canonical-event.ts';
import { type Append, EventWriter } from './event-writer.ts';
import { assertIsLog, IN_MEMORY, openForWriting } from './log-file.ts';
import { LogCorrupt, messageOf, SQLITE, sqliteCode } from './log-file-errors.ts';
import {
  type Appended,
  type AppendedEvent,
  type EventStore,
  type ExpectedRevision,
  OutcomeUnknown,
  type Position,
  StoreUnavailable,
  WrongExpectedRevision,
} from './port.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { takeWriterLock, type WriterLock } from './writer-lock.ts';

/** One commit must not hold the loop up: what is above this waits for the next tick. */
const MAX_EVENTS_PER_COMMIT = 1_000;
const MAX_BYTES_PER_COMMIT = 4 * 1024 * 1024;

/** `:memory:` is a log of its own that ends with the store. */
export function openSqliteStore(file: string): SqliteStore {
  if (file === IN_MEMORY) return new SqliteStore(file, { release: () => undefined });
  if (existsSync(file)) assertIsLog(file);
  const lockFile = join(dirname(file), `${basename(file, extname(file))}.lock`);
  return new SqliteStore(file, takeWriterLock(file, lockFile));
}

type AppendOutcome = Appended | WrongExpectedRevision;

interface QueuedAppend extends Append {
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (reason: unknown) => void;
}

export class SqliteStore extends SqliteReader implements EventStore {
  readonly isOnlyWriter = true;
  readonly #lock: WriterLock;
  readonly #writer: EventWriter;
  #queue: QueuedAppend[] = [];
  #isScheduled = false;
  readonly #listeners: ((position: Position) => void)[] = [];

  constructor(file: string, lock: WriterLock) {
    try {
      super(file, openForWriting(file));
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#lock = lock;
    try {
      this.#writer = new EventWriter(this.database, this.rows, this.logId);
    } catch (error) {
      this.database.close();
      lock.release();
      throw new LogCorrupt(file, messageOf(error), error);
    }
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly AppendedEvent[],
  ): Promise<Appended> {
    const { canonical, bytes } = canonicalAppend(stream, events);
    if (this.isClosed) throw new StoreUnavailable(`${this.file} is closed`);
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, expected, events, canonical, bytes, resolve, reject });
      this.#schedule();
    });
  }

  /** Called once after each commit that stored something, with the log's last position. */
  onCommit(listener: (position: Position) => void): void {
    this.#listeners.push(listener);
  }

  /** What was queued is still stored. */
  override async close(): Promise<void> {
    if (this.isClosed) return;
    while (this.#queue.length > 0) this.#commitNext();
    await super.close();
    this.#lock.release();
  }

  /** Everything that is read or stored in one turn of the loop is one transaction. */
  protected override asking<T>(ask: () => T): T {
    return super.asking(() => {
      this.#begin();
      return ask();
    });
  }

  #begin(): void {
    if (this.database.isTransaction) return;
    this.database.exec('BEGIN');
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.isClosed) return;
      this.#commitNext();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #commitNext(): void {
    const batch = this.#takeBatch();
    let isCommitting = false;
    try {
      if (!this.database.isTransaction) this.database.exec('BEGIN');
      const outcomes = batch.map((append) => this.#writer.append(append));
      isCommitting = true;
      this.database.exec('COMMIT');
      this.#acknowledge(batch, outcomes);
    } catch (error) {
      this.#undo();
      const reason = this.#reasonOf(error, isCommitting);
      for (const { reject } of batch) reject(reason);
    }
  }

  #acknowledge(batch: readonly QueuedAppend[], outcomes: readonly AppendOutcome[]): void {
    let last: Position | undefined;
    for (const [i, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[i]!;
      if (outcome instanceof WrongExpectedRevision) {
        reject(outcome);
      } else {
        resolve(outcome);
        if (last === undefined || outcome.position > last) last = outcome.position;
      }
    }
    if (last === undefined) return;
    this.nudge();
    for (const listener of this.#listeners) listener(last);
  }

  #takeBatch(): readonly QueuedAppend[] {
    let events = 0;
    let bytes = 0;
    const isFull = (append: QueuedAppend) => {
      events += append.events.length;
      bytes += append.bytes;
      return events > MAX_EVENTS_PER_COMMIT || bytes > MAX_BYTES_PER_COMMIT;
    };
    const first = this.#queue.findIndex((append, i) => isFull(append) && i > 0);
    return this.#queue.splice(0, first < 0 ? this.#queue.length : first);
  }

  #undo(): void {
    this.#writer.forget();
    try {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      // What failed may have ended the transaction already.
    }
  }

  /** Until COMMIT nothing is stored; one that failed, but not for want of room, may have been. */
  #reasonOf(error: unknown, isCommitting: boolean): unknown {
    const code = sqliteCode(error);
    if (code === undefined) return error;
    const message = `${this.file}: ${messageOf(error)}`;
    return isCommitting && code !== SQLITE.FULL
      ? new OutcomeUnknown(message, { cause: error })
      : new StoreUnavailable(message, { cause: error });
  }
}
