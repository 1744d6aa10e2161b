// Everything that the runner knows of a stream: one slot a stream, so that there is never a second
// copy of a state. Bounded in bytes: the least recently used states that nobody waits for go first.
import type { Decider } from '#ledger/decider.ts';
import type { Command } from './command.ts';
import type { FoldedStream } from './folded-stream.ts';
import type { AnyStreamRef } from './transaction.ts';

export class StreamSlot {
  readonly stream: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a stream of any category
  readonly decider: Decider<any, any>;
  /** Commands and loads that need this slot, as their own or as a related stream. */
  users = 0;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as its decider folds it
  folded: FoldedStream<any> | undefined;
  /** What the slot is busy with, if anything: while it is, its state may not be looked at. */
  work: Promise<void> | undefined;
  /** Why the state could not be read, until somebody asks anew. */
  failure: { readonly error: unknown } | undefined;
  /** The mailbox: decided in this order, one after another. */
  queue: Command[] = [];
  bytes = 0;

  constructor({ stream, decider }: AnyStreamRef) {
    this.stream = stream;
    this.decider = decider;
  }
}

export class StreamSlots {
  readonly #slots = new Map<string, StreamSlot>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  [Symbol.iterator](): Iterator<StreamSlot> {
    return this.#slots.values();
  }

  /** Whoever uses a slot gives it back with `release`. */
  use(ref: AnyStreamRef): StreamSlot {
    let slot = this.#slots.get(ref.stream);
    if (slot === undefined) slot = new StreamSlot(ref);
    else if (slot.decider !== ref.decider)
      throw new TypeError(`${ref.stream} is folded by two deciders`);
    else this.#slots.delete(ref.stream);
    this.#slots.set(ref.stream, slot);
    slot.users += 1;
    if (slot.users === 1) slot.failure = undefined;
    return slot;
  }

  release(slot: StreamSlot): void {
    slot.users -= 1;
    if (slot.users === 0 && slot.folded === undefined) this.#slots.delete(slot.stream);
  }

  /** After the slot's state changed or was dropped. */
  measure(slot: StreamSlot): void {
    const bytes = slot.folded === undefined ? 0 : slot.folded.bytes;
    this.#bytes += bytes - slot.bytes;
    slot.bytes = bytes;
  }

  /** Oldest first, until the bound holds or all that is left is in use. */
  trim(): void {
    if (this.#bytes <= this.#maxBytes) return;
    for (const slot of this.#slots.values()) {
      if (slot.users > 0) continue;
      this.#slots.delete(slot.stream);
      this.#bytes -= slot.bytes;
      if (this.#bytes <= this.#maxBytes) return;
    }
  }
}
