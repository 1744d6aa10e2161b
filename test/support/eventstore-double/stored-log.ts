// The double's log: one SQLite file, written in groups. Every write of one turn of the loop shares
// a commit, and is answered after it. What is written expects what, and what a repeat is answered,
// is as the real server decides it (see `decide-write.ts`).
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { decide, type Decision, type Expected, RecentIds } from './decide-write.ts';
import { type ProposedEvent, recordOf, type StoredEvent, TOMBSTONE_REVISION } from './record.ts';
import { Streams } from './streams.ts';

const SCHEMA = readFileSync(new URL('./log.sql', import.meta.url), 'utf8');

/** What a record takes in the log beside its texts; positions grow by this and those. */
const RECORD_OVERHEAD_BYTES = 90;

const MAX_WRITES_PER_COMMIT = 1_000;

export interface Write {
  readonly stream: string;
  readonly expected: Expected;
  /** The events to append; or what is to become of the stream. */
  readonly change: readonly ProposedEvent[] | 'delete' | 'tombstone';
}

export type Written = Extract<Decision, { kind: 'refused' | 'not_ready' }> | Stored;

export interface Stored {
  readonly kind: 'stored';
  /** Of the stream's last event that was asked for; -1 when none was. */
  readonly revision: number;
  /** Of that event, or of what says that the stream was deleted. */
  readonly position: number;
}

interface Queued extends Write {
  readonly resolve: (written: Written) => void;
  readonly reject: (reason: unknown) => void;
}

export class StoredLog {
  readonly streams: Streams;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #listeners = new Set<(events: readonly StoredEvent[]) => void>();
  #recent = new RecentIds();
  #queue: Queued[] = [];
  #isScheduled = false;
  #end: number;
  #committedEnd: number;
  #appended: StoredEvent[] = [];

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // Outlives the process, which is what tests kill; not a power cut.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    this.#database.exec(SCHEMA);
    this.streams = new Streams(this.#database);
    this.#insert = this.#database.prepare(
      'INSERT INTO events (position, stream, revision, id, type, created_ms, record)' +
        ' VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#end = this.streams.endOfLog();
    if (this.#end === 0) this.#begin();
    this.#committedEnd = this.#end;
  }

  /** Rejects only when the file cannot be written. */
  write(write: Write): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...write, resolve, reject });
      this.#schedule();
    });
  }

  /** Called after each commit with the events that it stored, until the answer is called. */
  onCommit(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As a restart does: repeats at no exact revision are not recognised any more. */
  forgetIds(): void {
    this.#recent = new RecentIds();
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** A new server has written of itself already: readers of $all find events not of their own. */
  #begin(): void {
    this.#end = RECORD_OVERHEAD_BYTES;
    this.#database.exec('BEGIN');
    this.#append('$$$user-admin', [json('$metadata', '{"$acl":{"$r":"$admins"}}')]);
    this.#append('$user-admin', [json('$UserCreated', '{"loginName":"admin"}')]);
    this.#database.exec('COMMIT');
    this.#appended = [];
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#database.isOpen) return;
      this.#commit(this.#queue.splice(0, MAX_WRITES_PER_COMMIT));
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #commit(batch: readonly Queued[]): void {
    try {
      this.#database.exec('BEGIN');
      const outcomes = batch.map((write) => this.#written(write));
      this.#database.exec('COMMIT');
      this.#committedEnd = this.#end;
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i]!);
      this.#tell();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#end = this.#committedEnd;
      this.#appended = [];
      for (const { reject } of batch) reject(error);
    }
  }

  #tell(): void {
    const events = this.#appended;
    this.#appended = [];
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }

  #written(write: Write): Written {
    const { stream, change } = write;
    const ids = typeof change === 'string' ? [randomUUID()] : change.map(({ id }) => id);
    const decision = decide(
      { stream, expected: write.expected, ids },
      { streams: this.streams, recent: this.#recent, committedEnd: this.#committedEnd },
    );
    if (decision.kind === 'repeat') return { ...decision, kind: 'stored' };
    if (decision.kind !== 'accepted') return decision;
    if (change === 'tombstone') return this.#tombstone(stream);
    if (change === 'delete') return this.#softDelete(stream, decision.current);
    return this.#appendTo(stream, change, decision.isSoftDeleted);
  }

  #appendTo(stream: string, events: readonly ProposedEvent[], isSoftDeleted: boolean): Stored {
    const last = this.streams.lastRevision(stream);
    const stored = this.#append(stream, events);
    // What comes back to life begins where it was deleted.
    if (isSoftDeleted) this.#append(`$$${stream}`, [json('$metadata', `{"$tb":${last + 1}}`)]);
    return stored;
  }

  /** Only hides the events: what is appended later goes on from the stream's last revision. */
  #softDelete(stream: string, current: number): Written {
    if (current < 0 && this.streams.lastRevision(`$$${stream}`) < 0)
      return { kind: 'refused', why: 'wrong_expected_version', current: -1 };
    const hidden = json('$metadata', `{"$tb":${TOMBSTONE_REVISION}}`);
    return { ...this.#append(`$$${stream}`, [hidden]), revision: -1 };
  }

  #tombstone(stream: string): Stored {
    const position = this.#store(stream, json('$streamDeleted', ''), undefined);
    this.streams.tombstone(stream);
    return { kind: 'stored', revision: -1, position };
  }

  #append(stream: string, events: readonly ProposedEvent[]): Stored {
    let revision = this.streams.lastRevision(stream);
    let position = this.#end;
    for (const event of events) {
      revision += 1;
      position = this.#store(stream, event, revision);
      this.#recent.add(event.id, { stream, revision });
    }
    this.streams.setLast(stream, revision);
    const last = events.at(-1);
    if (stream.startsWith('$$') && last?.type === '$metadata')
      this.streams.applyMetadata(stream.slice(2), last.data);
    return { kind: 'stored', revision, position };
  }

  /** @param revision undefined for a tombstone. */
  #store(stream: string, event: ProposedEvent, revision: number | undefined): number {
    const position = this.#end;
    const created = Date.now();
    const record = recordOf(event, stream, revision ?? TOMBSTONE_REVISION, created);
    this.#insert.run(
      ...[position, this.streams.idOf(stream), revision ?? null, event.id, event.type],
      ...[created, record],
    );
    const { length } = Buffer.from(stream + event.type);
    this.#end += RECORD_OVERHEAD_BYTES + length + event.data.length + event.metadata.length;
    this.#appended.push({ position, stream, revision: revision ?? NaN, type: event.type, record });
    return position;
  }
}

function json(type: string, data: string): ProposedEvent {
  const nothing = new Uint8Array();
  return {
    id: randomUUID(),
    type,
    isJson: data !== '',
    data: Buffer.from(data),
    metadata: nothing,
  };
}
