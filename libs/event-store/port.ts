// The event log as the rest of the ledger sees it. Every store passes `store-contract.ts`.
// What each store promises: an acknowledged append survives a kill; a reader never skips or
// reorders; the same append twice gives the first answer; an unknown outcome is said to be unknown.
import type { Metadata } from '#ledger/metadata.ts';

/** Opaque and ordered within one store: for checkpoints and read-your-own-writes, nothing else. */
export type Position = bigint;

/** Before the first event's. */
export const NO_POSITION: Position = -1n;

/** Where an event stands: as this store says it, and as every store that holds the log does. */
export interface Place {
  readonly position: Position;
  /** How many events of the ledger stand before it. */
  readonly logIndex: number;
}

/** Before the first event. */
export const START: Place = { position: NO_POSITION, logIndex: -1 };

/** The revision of the stream's last event, or that the stream does not exist. Nothing else. */
export type ExpectedRevision = number | 'no_stream';

export interface NewEvent {
  /** UUID; a repeat is recognised by the same ids at the same revisions of the stream. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: Metadata;
}

/** The members of an event that are objects, each as its RFC 8785 text. */
export interface CanonicalParts {
  readonly data: string;
  readonly metadata: string;
}

/** Whoever has the canonical texts already hands them on. */
export interface AppendedEvent extends NewEvent {
  readonly canonical?: CanonicalParts;
}

/** An event as its stream knows it. */
export interface StreamEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** An event as the whole log knows it. */
export interface RecordedEvent extends StreamEvent, Place {}

export interface Appended {
  /** Of the first event appended. */
  readonly revision: number;
  /** Of the last event appended. */
  readonly position: Position;
}

export interface StreamRead {
  /** First revision to read, inclusive. Default: the start, or the end when reading backwards. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface AllRead {
  /**
   * Only events after this one. Default START. Both members are of the same event, as this log
   * told them: a store that cannot count its events goes on counting from here.
   */
  readonly after?: Place;
  readonly limit?: number;
  /**
   * Called when nothing stood behind the last of them when they were read. Only by stores that
   * others write to as well.
   */
  readonly onEnd?: () => void;
}

/** An event whose data is left as its canonical JSON text: for bulk readers that need no object. */
export type EventText = Omit<RecordedEvent, 'data'> & { readonly data: string };

/** An event without its envelope: all that read models go by, and cheaper to read. */
export type EventFact = Omit<RecordedEvent, 'id' | 'metadata'>;

export interface TextRead extends AllRead {
  /** Only events of these types; `limit` counts those. */
  readonly types?: readonly string[];
}

export interface Follow {
  readonly after: Place;
  readonly signal: AbortSignal;
}

export interface EventLogReader {
  /** Names this log for ever; caches and checkpoints made from another log do not apply to it. */
  readonly logId: string;
  /**
   * At most `limit` events (default 1,000), fewer when they are large; none only behind the end of
   * the stream, or when it does not exist.
   */
  readStream(stream: string, read?: StreamRead): Promise<readonly StreamEvent[]>;
  /**
   * Pages of the stream from this revision on, none of them empty, to its end as it is when the
   * last of them is read: no more reads than are needed to know that it is the end.
   */
  readToEnd(stream: string, from: number): AsyncIterable<readonly StreamEvent[]>;
  /**
   * At most `limit` events (default 1,000) in log order, fewer when they are large; none only at
   * the end of the log.
   */
  readAll(read?: AllRead): Promise<readonly RecordedEvent[]>;
  /** As `readAll`. */
  readAllFacts(read?: AllRead): Promise<readonly EventFact[]>;
  readAllText(read?: TextRead): Promise<readonly EventText[]>;
  /** Pages of events in log order, then those to come, until the signal aborts (ends quietly). */
  follow(follow: Follow): AsyncIterable<readonly RecordedEvent[]>;
  /** Of the last event, NO_POSITION when there is none. */
  head(): Promise<Position>;
  /** Where the event with this logIndex stands; undefined when the log ends before it. */
  placeOf(logIndex: number): Promise<Place | undefined>;
  close(): Promise<void>;
}

export interface EventStore extends EventLogReader {
  /**
   * True when this process is the log's only writer for as long as the store is open, so that
   * state folded from its own appends is the stream's end.
   */
  readonly isOnlyWriter: boolean;
  /**
   * All events or none, acknowledged once durable. Rejects with WrongExpectedRevision,
   * AppendTooLarge, OutcomeUnknown or StoreUnavailable (nothing stored, may be tried again).
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly AppendedEvent[],
  ): Promise<Appended>;
}

/** No append is larger than this on any store, in bytes of canonical JSON. */
export const MAX_APPEND_BYTES = 900 * 1024;

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly actual: ExpectedRevision;

  constructor(stream: string, expected: ExpectedRevision, actual: ExpectedRevision) {
    super(`${stream} is at ${actual}, not at ${expected}`);
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
}

/** The append may or may not be stored: read the stream back. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** The store cannot be reached or cannot write (disk full, closed); nothing was stored. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
