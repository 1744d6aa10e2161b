// A subscription: what is there, then what comes. It begins after the place that it names, says
// when it has caught up, and is dropped when it does not take 32 events as fast as they come.
import { randomUUID } from 'node:crypto';
import type { ServiceError } from '@grpc/grpc-js';
import * as failures from './failures.ts';
import type { Filter } from './filter.ts';
import type { Node } from './node.ts';
import { pages, type Source } from './pages.ts';
import { streams } from './protocol.ts';
import type { ReadCall } from './read.ts';
import { eventResponse, type StoredEvent } from './record.ts';

export interface Subscribed {
  readonly source: Source;
  /** A revision or position; -1 before the first, Infinity after the last. */
  readonly after: number;
  readonly filter: Filter | undefined;
}

/** What the real server keeps for a live subscription whose consumer is busy. */
const LIVE_BUFFER_EVENTS = 32;

export class Subscription {
  readonly #node: Node;
  readonly #call: ReadCall;
  readonly #subscribed: Subscribed;
  /** Of the last event sent or left out by the filter. */
  #after: number;
  #considered = 0;
  #isLive = false;
  #isWaiting = false;
  #isOver = false;
  #buffer: Buffer[] = [];
  #stopListening = () => {};

  constructor(node: Node, call: ReadCall, subscribed: Subscribed) {
    this.#node = node;
    this.#call = call;
    this.#subscribed = subscribed;
    this.#after = subscribed.after;
  }

  start(): void {
    const call = this.#call;
    this.#node.faults.subscriptions.add(this);
    this.#stopListening = this.#node.log.onCommit((events) => this.#committed(events));
    call.on('drain', () => this.#drained());
    for (const gone of ['cancelled', 'close', 'error']) call.once(gone, () => this.#leave());
    const { source } = this.#subscribed;
    if (source.of === 'stream' && this.#node.log.streams.isTombstoned(source.stream)) {
      this.#fail(failures.streamDeleted(source.stream));
      return;
    }
    this.#send((response) => {
      const confirmation = new streams.ReadResp.SubscriptionConfirmation();
      confirmation.setSubscriptionId(randomUUID());
      response.setConfirmation(confirmation);
    });
    if (this.#after === Infinity) this.#goLive();
    else this.#catchUp();
  }

  /** As the server does with a consumer that is too slow. */
  drop(): void {
    const state = this.#isLive ? 'live' : 'transitioning to live';
    const why = `Consumer too slow to handle event while ${state}.`;
    this.#fail(failures.timedOut(`${why} Client resubscription required.`));
  }

  end(): void {
    this.#leave();
    this.#call.end();
  }

  fallBehind(): void {
    if (!this.#isLive || this.#isOver) return;
    this.#isLive = false;
    this.#buffer = [];
    this.#send((response) => response.setFellBehind(new streams.ReadResp.FellBehind()));
    this.#catchUp();
  }

  #fail(error: ServiceError): void {
    this.#leave();
    this.#call.emit('error', error);
  }

  #leave(): void {
    this.#isOver = true;
    this.#buffer = [];
    this.#stopListening();
    this.#node.faults.subscriptions.delete(this);
  }

  #catchUp(): void {
    const { source, filter } = this.#subscribed;
    const reading = { source, from: this.#after + 1, direction: 'forwards' } as const;
    const all = pages(this.#node.log.streams, reading, filter?.window);
    let step = all.next();
    for (; !step.done; step = all.next()) {
      // A page in which nothing matches is a checkpoint by its beginning.
      let checkpoint = step.value[0]!.position;
      for (const event of step.value) if (this.#consider(event)) checkpoint = event.position;
      const isLast = step.value.length < (filter?.window ?? 1);
      if (!isLast) this.#checkpointIfDue(checkpoint);
      if (this.#isWaiting) return;
    }
    if (step.value === 'deleted' && source.of === 'stream')
      this.#fail(failures.streamDeleted(source.stream));
    // A stream that is not there yet is waited for: it has no end to catch up with.
    else if (step.value === 'end') this.#goLive();
  }

  #goLive(): void {
    this.#isLive = true;
    this.#send((response) => response.setCaughtUp(new streams.ReadResp.CaughtUp()));
  }

  #committed(events: readonly StoredEvent[]): void {
    if (this.#isOver) return;
    if (!this.#isLive) {
      if (!this.#isWaiting) this.#catchUp();
      return;
    }
    const { source } = this.#subscribed;
    for (const event of events) {
      if (source.of === 'stream' && event.stream !== source.stream) continue;
      this.#consider(event);
      this.#checkpointIfDue(event.position);
      if (source.of === 'stream' && event.type === '$streamDeleted') {
        this.#fail(failures.streamDeleted(source.stream));
        return;
      }
    }
    if (this.#buffer.length > LIVE_BUFFER_EVENTS) setImmediate(() => this.#dropIfSlow());
  }

  #dropIfSlow(): void {
    if (!this.#isOver && this.#buffer.length > LIVE_BUFFER_EVENTS) this.drop();
  }

  /** Whether it was sent. */
  #consider(event: StoredEvent): boolean {
    const { source, filter } = this.#subscribed;
    this.#after = source.of === 'all' ? event.position : event.revision;
    this.#considered += 1;
    if (filter?.matches(event) === false) return false;
    this.#write(eventResponse(event));
    return true;
  }

  #checkpointIfDue(position: number): void {
    const { filter } = this.#subscribed;
    if (!filter || this.#considered < filter.checkpointEvery) return;
    this.#considered = 0;
    this.#send((response) => {
      const checkpoint = new streams.ReadResp.Checkpoint();
      checkpoint.setCommitPosition(String(position));
      checkpoint.setPreparePosition(String(position));
      response.setCheckpoint(checkpoint);
    });
  }

  #send(fill: (response: InstanceType<typeof streams.ReadResp>) => void): void {
    const response = new streams.ReadResp();
    fill(response);
    this.#write(Buffer.from(response.serializeBinary()));
  }

  #write(response: Buffer): void {
    const isSlow = this.#isLive && this.#node.faults.areConsumersSlow;
    if (this.#isLive && (this.#isWaiting || isSlow)) this.#buffer.push(response);
    else if (!this.#call.write(response)) this.#isWaiting = true;
  }

  #drained(): void {
    this.#isWaiting = false;
    if (this.#isOver) return;
    if (!this.#isLive) {
      this.#catchUp();
      return;
    }
    if (this.#node.faults.areConsumersSlow) return;
    while (this.#buffer.length > 0 && !this.#isWaiting)
      this.#isWaiting = !this.#call.write(this.#buffer.shift()!);
  }
}
