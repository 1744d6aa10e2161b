// The state of one stream as far as it was read or appended to, and the idempotency keys that its
// events carry. It belongs to the runner, which drops it whenever an append may not have happened.
import type { AnyEvent, Decider } from '#ledger/decider.ts';
import {
  type ExpectedRevision,
  type NewEvent,
  type Position,
  NO_POSITION,
  type StreamEvent,
} from './port.ts';

/** Under one key: the request that used it and the events that it stored. */
export interface KeyUse {
  readonly requestHash: string | undefined;
  /** Of the first event. */
  readonly revision: number;
  count: number;
}

/** What of the stream its snapshot holds. */
export interface SavedUpTo {
  readonly revision: number;
  /** Of the state as its codec counts them, idempotency keys, and parts that hold both. */
  readonly entries: number;
  readonly keys: number;
  readonly parts: number;
  readonly partsDigest: string;
}

export const NO_PARTS = '';

export const NOTHING_SAVED: SavedUpTo = {
  revision: -1,
  entries: 0,
  keys: 0,
  parts: 0,
  partsDigest: NO_PARTS,
};

/** About what a Map entry, a use and a key of usual length hold, and what a stream without any. */
const BYTES_PER_KEY = 300;
const BYTES_PER_STREAM = 1_000;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any category
export type AnyFolded = FoldedStream<any>;

export class FoldedStream<S> {
  state: S;
  /** Of the last event folded; -1 before the first. */
  revision = -1;
  /** Of the last event folded that is known to be stored. */
  position: Position = NO_POSITION;
  /** When this was last known to be the stream's end, by the process's monotonic clock. */
  knownAt = 0;
  /** Of the last event folded. */
  lastId = '';
  saved = NOTHING_SAVED;
  readonly keys = new Map<string, KeyUse>();
  readonly decider: Decider<S, AnyEvent>;

  constructor(decider: Decider<S, AnyEvent>) {
    this.decider = decider;
    this.state = decider.initial();
  }

  get expected(): ExpectedRevision {
    return this.revision < 0 ? 'no_stream' : this.revision;
  }

  get bytes(): number {
    const ofState = this.decider.sizeOf(this.state);
    return BYTES_PER_STREAM + ofState + this.keys.size * BYTES_PER_KEY;
  }

  /** The state is that of a snapshot which ends with this event. */
  beginAt(event: StreamEvent, saved: SavedUpTo): void {
    this.revision = event.revision;
    this.position = event.position;
    this.lastId = event.id;
    this.saved = saved;
  }

  fold(event: NewEvent): void {
    this.state = this.decider.evolve(this.state, event);
    this.revision += 1;
    this.lastId = event.id;
    const { idempotencyKey, requestHash } = event.metadata;
    if (idempotencyKey === undefined) return;
    const use = this.keys.get(idempotencyKey);
    if (use === undefined)
      this.keys.set(idempotencyKey, { requestHash, revision: this.revision, count: 1 });
    else use.count += 1;
  }
}
