// The last revision of every stream that the rows were made from, committed together with them. On
// a store that does not number its events only this shows that one of a stream is missing, however
// long ago the stream was seen. In memory are only the streams of late; the others are looked up.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StreamEvent } from '#event-store/port.ts';

/** Of streams in memory. */
const MOST_KEPT = 20_000;

type Placed = Pick<StreamEvent, 'stream' | 'revision'>;

export class StreamRevisions {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  /** What the table says, of streams seen lately; the one seen longest ago comes first. */
  readonly #kept = new Map<string, number>();
  /** Taken in, not yet committed. */
  readonly #gathered = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT revision FROM stream_revisions WHERE stream = ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO stream_revisions VALUES (?, ?)');
  }

  /** Takes the events in. Gives the place of the first that is not next in its stream, or -1. */
  gather(events: readonly Placed[]): number {
    for (const [at, { stream, revision }] of events.entries()) {
      if (revision !== this.#last(stream) + 1) return at;
      this.#gathered.set(stream, revision);
    }
    return -1;
  }

  /** Of the last event that was taken in; -1 before the stream's first. */
  lastOf(stream: string): number {
    return this.#last(stream);
  }

  /** Inside the transaction that stores the rows. */
  flush(): void {
    for (const [stream, revision] of this.#gathered) this.#put.run(stream, revision);
  }

  /** After that transaction was committed. */
  committed(): void {
    for (const [stream, revision] of this.#gathered) this.#keep(stream, revision);
    this.#gathered.clear();
  }

  /** After it was not: nothing that was taken in stands. */
  forget(): void {
    this.#gathered.clear();
  }

  #last(stream: string): number {
    const known = this.#gathered.get(stream) ?? this.#kept.get(stream);
    if (known !== undefined) return known;
    const row = this.#select.get(stream);
    return row === undefined ? -1 : Number(row['revision']);
  }

  #keep(stream: string, revision: number): void {
    this.#kept.delete(stream);
    this.#kept.set(stream, revision);
    if (this.#kept.size <= MOST_KEPT) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}
