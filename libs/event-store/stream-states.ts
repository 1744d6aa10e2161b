// The states that commands are decided on: there or being read, no older than is allowed, and never
// looked at while something is done to them. Where others write too, who follows the log tells what
// they wrote: a state that he told of nothing behind is as fresh as what he told.
import { type AnyFolded, FoldedStream } from './folded-stream.ts';
import type { EventStore } from './port.ts';
import type { SnapshotCache } from './snapshot-cache.ts';
import { StreamLoader } from './stream-loader.ts';
import { type StreamSlot, StreamSlots } from './stream-slots.ts';
import type { LogNews } from './transaction.ts';

/**
 * Where others write too, a state that a decision on another stream rests on is read on from where
 * it is when it is older than this. The decision names the revision that it was judged on.
 */
const MAX_AGE_MS = 5_000;

export interface StatesOptions {
  readonly store: EventStore;
  readonly snapshots: SnapshotCache | undefined;
  readonly maxBytes: number;
  /** After some slot's work ended: who waited for it may go on. */
  readonly onFree: () => void;
}

export class StreamStates {
  readonly slots: StreamSlots;
  readonly #isOnlyWriter: boolean;
  readonly #loader: StreamLoader;
  readonly #onFree: () => void;
  /** How far the news went, without a gap since then: what was read later can rest on them. */
  #heardUpTo: number | undefined;
  #heardSince = Number.POSITIVE_INFINITY;
  #heardAsOf = Number.NEGATIVE_INFINITY;

  constructor({ store, snapshots, maxBytes, onFree }: StatesOptions) {
    this.slots = new StreamSlots(maxBytes);
    this.#isOnlyWriter = store.isOnlyWriter;
    this.#loader = new StreamLoader(store, snapshots);
    this.#onFree = onFree;
  }

  /**
   * Whether the slot's state may be looked at now; if it is not there, reading it begins. Throws
   * when it could not be read.
   */
  isAvailable(slot: StreamSlot): boolean {
    return this.#isThere(slot, MAX_AGE_MS);
  }

  /** The same for what will be appended to: the revision expected there tells how old it is. */
  isDecidable(slot: StreamSlot): boolean {
    return this.#isThere(slot, Number.POSITIVE_INFINITY);
  }

  #isThere(slot: StreamSlot, maxAgeMs: number): boolean {
    if (slot.work !== undefined) return false;
    if (slot.failure !== undefined) throw slot.failure.error;
    if (slot.folded !== undefined && !this.#isStale(slot, slot.folded, maxAgeMs)) return true;
    this.renew(slot);
    return false;
  }

  /** After a gap in the news, only what is read from then on rests on them. */
  hear({ after, upTo, streams, revisions, asOf }: LogNews): void {
    if (after !== this.#heardUpTo) this.#heardSince = performance.now();
    this.#heardUpTo = upTo;
    for (const [i, stream] of streams.entries()) {
      const slot = this.slots.find(stream);
      if (slot !== undefined) slot.heard = Math.max(slot.heard, revisions[i]!);
    }
    if (asOf !== undefined) this.#heardAsOf = asOf;
  }

  /** Good for being appended to and for nothing else: whoever looks at it reads the stream. */
  presumeNew(slot: StreamSlot): void {
    const { folded, work, failure } = slot;
    if (this.#isOnlyWriter || folded !== undefined || work !== undefined || failure !== undefined)
      return;
    slot.folded = new FoldedStream(slot.decider);
    slot.folded.knownAt = Number.NEGATIVE_INFINITY;
    this.slots.measure(slot);
  }

  /** What is not there is read while other commands come in. */
  readAhead(slot: StreamSlot): void {
    const { folded, work, failure } = slot;
    if (folded === undefined && work === undefined && failure === undefined) this.renew(slot);
  }

  /** Reads to the stream's end, from wherever the state is. */
  renew(slot: StreamSlot): void {
    this.work(slot, async () => {
      if (slot.folded === undefined) return this.reload(slot);
      slot.heard = -1;
      await this.#loader.catchUp(slot.folded, slot.stream);
    });
  }

  /** Within the slot's work. */
  async reload(slot: StreamSlot): Promise<void> {
    // What is told from now on may be behind the end that this read finds.
    slot.heard = -1;
    slot.folded = await this.#loader.load(slot);
  }

  /** Keeps the slot busy; when the work fails its state is dropped. */
  work(slot: StreamSlot, work: () => Promise<void>): void {
    slot.users += 1;
    slot.work = this.#worked(slot, work);
  }

  async #worked(slot: StreamSlot, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      slot.folded = undefined;
      slot.failure = { error };
    }
    slot.work = undefined;
    this.slots.measure(slot);
    this.slots.release(slot);
    this.slots.trim();
    this.#onFree();
  }

  #isStale({ heard }: StreamSlot, { revision, knownAt }: AnyFolded, maxAgeMs: number): boolean {
    if (this.#isOnlyWriter) return false;
    if (heard > revision) return true;
    // Whatever came to the stream since it was read would have been told.
    const asOf = knownAt < this.#heardSince ? knownAt : Math.max(knownAt, this.#heardAsOf);
    return performance.now() - asOf > maxAgeMs;
  }
}
