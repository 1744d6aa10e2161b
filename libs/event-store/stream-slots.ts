// Everything that the runner knows of a stream: one slot a stream, so that there is never a second
// copy of a state. Bounded in bytes: the least recently used states that nobody waits for go first.
import type { Command } from './command.ts';
import type { AnyFolded } from './folded-stream.ts';
import type { AnyStreamRef } from './transaction.ts';

export class StreamSlot {
  readonly stream: string;
  readonly decider: AnyStreamRef['decider'];
  /** Commands and loads that need this slot, as their own or as a related stream. */
  users = 0;
  folded: AnyFolded | undefined;
  /** What the slot is busy with, if anything: while it is, its state may not be looked at. */
  work: Promise<void> | undefined;
  /** Why the state could not be read, until somebody asks anew. */
  failure: { readonly error: unknown } | undefined;
  /** The mailbox: decided in this order, one after another. */
  queue: Command[] = [];
  bytes = 0;
  /** The highest revision that was told of since the stream was last read. */
  heard = -1;
  /** Neighbours in the order of use. */
  older: StreamSlot | undefined;
  newer: StreamSlot | undefined;

  constructor({ stream, decider }: AnyStreamRef) {
    this.stream = stream;
    this.decider = decider;
  }
}

export class StreamSlots {
  readonly #slots = new Map<string, StreamSlot>();
  readonly #maxBytes: number;
  #bytes = 0;
  #oldest: StreamSlot | undefined;
  #newest: StreamSlot | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  [Symbol.iterator](): Iterator<StreamSlot> {
    return this.#slots.values();
  }

  find(stream: string): StreamSlot | undefined {
    return this.#slots.get(stream);
  }

  /** Whoever uses a slot gives it back with `release`. */
  use(ref: AnyStreamRef): StreamSlot {
    const slot = this.#slots.get(ref.stream) ?? this.#add(ref);
    if (slot.decider !== ref.decider)
      throw new TypeError(`${ref.stream} is folded by two deciders`);
    if (slot !== this.#newest) {
      this.#unlink(slot);
      this.#link(slot);
    }
    slot.users += 1;
    if (slot.users === 1) slot.failure = undefined;
    return slot;
  }

  release(slot: StreamSlot): void {
    slot.users -= 1;
    if (slot.users === 0 && slot.folded === undefined) this.#remove(slot);
  }

  /** After the slot's state changed or was dropped. */
  measure(slot: StreamSlot): void {
    const bytes = slot.folded === undefined ? 0 : slot.folded.bytes;
    this.#bytes += bytes - slot.bytes;
    slot.bytes = bytes;
  }

  /** Oldest first, until the bound holds or all that is left is in use. */
  trim(): void {
    let slot = this.#oldest;
    while (slot !== undefined && this.#bytes > this.#maxBytes) {
      const { newer } = slot;
      if (slot.users === 0) this.#remove(slot);
      slot = newer;
    }
  }

  #add(ref: AnyStreamRef): StreamSlot {
    const slot = new StreamSlot(ref);
    this.#slots.set(ref.stream, slot);
    this.#link(slot);
    return slot;
  }

  #remove(slot: StreamSlot): void {
    this.#slots.delete(slot.stream);
    this.#unlink(slot);
    this.#bytes -= slot.bytes;
  }

  #link(slot: StreamSlot): void {
    slot.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = slot;
    else this.#newest.newer = slot;
    this.#newest = slot;
  }

  #unlink(slot: StreamSlot): void {
    const { older, newer } = slot;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    slot.older = undefined;
    slot.newer = undefined;
  }
}
