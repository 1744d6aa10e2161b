// The one way by which commands reach a stream: load, fold, decide, append and retry are written
// here and nowhere else. Commands of one stream are decided in the order in which they were given,
// and appended together; no answer, a refusal included, is given before its batch is stored.
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { metadataOf } from '#ledger/command-context.ts';
import type { AnyEvent } from '#ledger/decider.ts';
import { answer } from './answer.ts';
import { type AnyTransaction, type Batch, Command, type Judged } from './command.ts';
import { decideBatch } from './decide-batch.ts';
import {
  type EventStore,
  OutcomeUnknown,
  type Position,
  StoreUnavailable,
  WrongExpectedRevision,
} from './port.ts';
import type { SnapshotCache } from './snapshot-cache.ts';
import type { StreamSlot } from './stream-slots.ts';
import { StreamStates } from './stream-states.ts';
import {
  type Loaded,
  type LogNews,
  type StreamRef,
  TooManyAttempts,
  type Transacted,
  type AnyStreamRef,
  type Transaction,
} from './transaction.ts';

const DEFAULT_CACHE_BYTES = 48 * 1024 * 1024;
const MAX_ATTEMPTS = 10;
const FIRST_DELAY_MS = 2;
const MAX_DELAY_MS = 250;

/** One turn of deciding; what is left waits for the next. */
const MAX_TICK_MS = 10;

export interface RunnerOptions {
  readonly store: EventStore;
  readonly snapshots?: SnapshotCache;
  /** For folded states; those in use may exceed it. */
  readonly maxCacheBytes?: number;
}

export class Runner {
  readonly #store: EventStore;
  readonly #snapshots: SnapshotCache | undefined;
  readonly #states: StreamStates;
  /** Slots with commands in their queue, those that wait longest first. */
  readonly #waiting = new Set<StreamSlot>();
  #unanswered = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor({ store, snapshots, maxCacheBytes = DEFAULT_CACHE_BYTES }: RunnerOptions) {
    this.#store = store;
    this.#snapshots = snapshots;
    const onFree = () => this.#schedule();
    this.#states = new StreamStates({ store, snapshots, maxBytes: maxCacheBytes, onFree });
  }

  /** What the folded states hold, about. */
  get cachedBytes(): number {
    return this.#states.slots.bytes;
  }

  /** What others wrote: a state that it is behind is read on, the others are as fresh as this. */
  hear(news: LogNews): void {
    this.#states.hear(news);
  }

  /** Whether something of this stream is known here, or about to be. */
  isAtWorkOn(stream: string): boolean {
    return this.#states.slots.find(stream) !== undefined;
  }

  /** The stream's state as it is stored; on a store with one writer, its end. */
  async load<S, E extends AnyEvent>(ref: StreamRef<S, E>): Promise<Loaded<S>> {
    this.#assertOpen();
    const slot = this.#states.slots.use(ref);
    try {
      while (!this.#states.isAvailable(slot)) await slot.work;
      const { state, expected } = slot.folded!;
      return { state: state as S, revision: expected };
    } finally {
      this.#states.slots.release(slot);
    }
  }

  /** As `load`, and where others write too, read to the stream's end as it is now. */
  async loadEnd<S, E extends AnyEvent>(ref: StreamRef<S, E>): Promise<Loaded<S>> {
    if (this.#store.isOnlyWriter) return this.load(ref);
    this.#assertOpen();
    const slot = this.#states.slots.use(ref);
    try {
      while (slot.work !== undefined) await slot.work;
      this.#states.renew(slot);
      return await this.load(ref);
    } finally {
      this.#states.slots.release(slot);
    }
  }

  /**
   * Rejects with StoreUnavailable, OutcomeUnknown, AppendTooLarge or TooManyAttempts, or with what
   * the decision threw; in all cases but OutcomeUnknown nothing was stored.
   */
  transact<
    S,
    E extends AnyEvent,
    R extends string,
    const L extends readonly AnyStreamRef[] = readonly AnyStreamRef[],
  >(transaction: Transaction<S, E, R, L>): Promise<Transacted<S, E, R>> {
    return new Promise((resolve, reject) => {
      this.#assertOpen();
      // Read once, and before anything is counted: a context that cannot be read throws.
      const metadata = metadataOf(transaction.context);
      const slot = this.#states.slots.use(transaction);
      const related = (transaction.related ?? []).map((ref) => this.#states.slots.use(ref));
      const done = this.#onceAnswered([slot, ...related]);
      const command = new Command(transaction as AnyTransaction, metadata, related, {
        resolve: (answered) => (done(), resolve(answered as Transacted<S, E, R>)),
        reject: (reason) => (done(), reject(reason)),
      });
      if (transaction.isPresumedNew) this.#states.presumeNew(slot);
      slot.queue.push(command);
      for (const needed of [slot, ...related]) this.#states.readAhead(needed);
      this.#wait(slot);
    });
  }

  /** Answers what it was given, saves snapshots, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#unanswered > 0) await nextTurn();
    for (const slot of this.#states.slots) {
      await slot.work;
      if (slot.folded !== undefined) this.#snapshots?.saveAtClose(slot.folded, slot.stream);
    }
  }

  /** 1. Decides what waits, stream by stream, as far as the states it needs are there. */
  #tick(): void {
    const until = performance.now() + MAX_TICK_MS;
    for (const slot of [...this.#waiting]) {
      if (slot.work !== undefined) continue;
      if (performance.now() > until) return this.#schedule();
      this.#decide(slot);
    }
  }

  /** 2. A batch that stores nothing is answered at once, any other when it is stored. */
  #decide(slot: StreamSlot): void {
    const batch = decideBatch(slot, (command, isFirst) => this.#isReady(slot, command, isFirst));
    const isBlocked = batch.judged.length === 0 && slot.folded !== undefined;
    if (isBlocked && slot.queue.length > 0) return;
    this.#waiting.delete(slot);
    if (batch.events.length > 0) this.#states.work(slot, () => this.#append(batch));
    else if (batch.judged.length > 0) this.#answer(batch, slot.folded!.position);
    if (slot.queue.length > 0) this.#wait(slot);
  }

  /** 3. Appends at exactly the revision that was decided on. */
  async #append(batch: Batch): Promise<void> {
    const { slot, after, events } = batch;
    const knownAt = performance.now();
    try {
      const expected = after < 0 ? 'no_stream' : after;
      const { position } = await this.#store.append(slot.stream, expected, events);
      slot.folded!.position = position;
      slot.folded!.knownAt = knownAt;
      this.#answer(batch, position);
    } catch (error) {
      await this.#recover(batch, error);
    }
    if (this.#snapshots === undefined || slot.folded === undefined) return;
    await nextTurn();
    this.#snapshots.offer(slot.folded, slot.stream);
  }

  /** 4. Answers a batch whose events, if any, are stored. */
  #answer(batch: Batch, position: Position): void {
    const again: Command[] = [];
    for (const judged of batch.judged) {
      if (this.#needsSecondLook(judged)) again.push(judged.command);
      else if (mayYetBeStored(batch.slot, judged))
        judged.command.reject(judged.command.unknown!.error);
      else answer({ slot: batch.slot, judged, position }, this.#store);
    }
    for (const command of again) command.look = 'must_be_renewed';
    this.#requeue(batch.slot, again);
  }

  /**
   * 5. The append did not happen, or may have: the state is dropped and read back. If the events
   * stand where they were to be, the batch is stored; if not, it is decided again.
   */
  async #recover(batch: Batch, error: unknown): Promise<void> {
    const { slot } = batch;
    slot.folded = undefined;
    // Whatever goes wrong from now on, an unknown outcome stays unknown.
    if (error instanceof OutcomeUnknown)
      for (const { command } of batch.judged) command.unknown = { error, after: batch.after };
    try {
      if (!(error instanceof WrongExpectedRevision || error instanceof OutcomeUnknown)) throw error;
      await delay(delayBefore(Math.max(...batch.judged.map(({ command }) => command.attempts))));
      // Asked first: what comes to be in between is then part of the state.
      const isStored = await this.#isStored(batch);
      await this.#states.reload(slot);
      if (isStored) this.#answer(batch, slot.folded!.position);
      else this.#tryAgain(batch, error);
    } catch (reason) {
      for (const { command } of batch.judged) command.reject(reason);
    }
  }

  async #isStored({ slot, after, events }: Batch): Promise<boolean> {
    const range = { from: after + 1, limit: events.length };
    const found = await this.#store.readStream(slot.stream, range);
    return found.length === events.length && found.every(({ id }, i) => id === events[i]!.id);
  }

  #tryAgain({ slot, judged }: Batch, error: unknown): void {
    const again: Command[] = [];
    for (const { command } of judged) {
      command.attempts += 1;
      command.look = 'first';
      if (command.attempts < MAX_ATTEMPTS) again.push(command);
      else command.reject(new TooManyAttempts(slot.stream, command.attempts, error));
    }
    this.#requeue(slot, again);
  }

  #requeue(slot: StreamSlot, commands: readonly Command[]): void {
    if (commands.length === 0) return;
    slot.queue.unshift(...commands);
    this.#wait(slot);
  }

  #needsSecondLook(judged: Judged): boolean {
    if (this.#store.isOnlyWriter || judged.command.look === 'final') return false;
    if (judged.verdict === 'refused') return !judged.isCertain;
    return judged.verdict === 'unchanged';
  }

  /** Within a batch the stream's own state stays. Throws when a state cannot be read. */
  #isReady(slot: StreamSlot, command: Command, isFirst: boolean): boolean {
    const needed = [...new Set(command.related).add(slot)];
    if (command.look === 'must_be_renewed') {
      if (!isFirst || needed.some(({ work }) => work !== undefined)) return false;
      for (const each of needed) this.#states.renew(each);
      command.look = 'final';
      return false;
    }
    return needed.every((each) => {
      if (each !== slot) return this.#states.isAvailable(each);
      return !isFirst || this.#states.isDecidable(slot);
    });
  }

  #wait(slot: StreamSlot): void {
    this.#waiting.add(slot);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#tick();
    });
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreUnavailable('the runner is closed');
  }

  #onceAnswered(slots: readonly StreamSlot[]): () => void {
    this.#unanswered += 1;
    return () => {
      this.#unanswered -= 1;
      for (const slot of slots) this.#states.slots.release(slot);
    };
  }
}

/** What would be told that nothing was stored while an append of it may still come to be. */
function mayYetBeStored({ folded }: StreamSlot, { verdict, command }: Judged): boolean {
  const isNothing = verdict === 'refused' || verdict === 'unchanged';
  const { unknown } = command;
  return isNothing && unknown !== undefined && (folded?.revision ?? -1) <= unknown.after;
}

/** Longer each time, and never the same for two writers. */
function delayBefore(attempt: number): number {
  return Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}
