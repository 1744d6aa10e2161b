// Tells that the log may hold more than before, by a subscription to the server's whole log. It is
// only a nudge to read on: the server drops subscriptions as a matter of routine, ends them with or
// without an error, and a frozen server says nothing. So it is begun again whenever it ends, when
// the client is replaced, and when a reader finds events that it did not tell of.
import {
  type AllStreamSubscription,
  excludeSystemEvents,
  type Filter,
  streamNameFilter,
} from '@eventstore/db-client';
import type { Connection } from './connection.ts';

/** A subscription that ends at once each time is begun again no more often than this. */
const MIN_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1_000;

export class News {
  readonly #connection: Connection;
  readonly #filter: Filter;
  readonly #listeners = new Set<() => void>();
  #stop: AbortController | undefined;
  #end: () => void = () => {};
  #told = 0;
  /** How often a subscription was begun. */
  begun = 0;

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.#filter = prefix === '' ? excludeSystemEvents() : streamNameFilter({ prefixes: [prefix] });
    connection.closing.addEventListener('abort', () => this.#stop?.abort());
  }

  /** Grows with all that was told, by whomever. */
  get told(): number {
    return this.#told;
  }

  /** Calls back, often for nothing, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#stop === undefined && !this.#connection.closing.aborted) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  /** There may be more in the log. */
  tell(): void {
    this.#told += 1;
    for (const listener of this.#listeners) listener();
  }

  /** There was more in the log, and nobody told. */
  wasSilent(): void {
    this.#end();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pause = MIN_PAUSE_MS;
    while (!signal.aborted) {
      const wasConfirmed = await this.#subscribed(signal);
      if (signal.aborted) return;
      // Whatever came in between was not told.
      this.tell();
      pause = wasConfirmed ? MIN_PAUSE_MS : Math.min(2 * pause, MAX_PAUSE_MS);
      await this.#connection.pause(pause).catch(() => undefined);
    }
  }

  /** Until the subscription ends, by whatever cause. Resolves to whether it ever stood. */
  #subscribed(signal: AbortSignal): Promise<boolean> {
    const { lease, callOptions, patience } = this.#connection;
    return new Promise((resolve) => {
      let isConfirmed = false;
      let forget = () => {};
      this.begun += 1;
      const subscription: AllStreamSubscription = lease.client.subscribeToAll({
        ...callOptions,
        fromPosition: 'end',
        filter: this.#filter,
      });
      const end = () => {
        clearTimeout(unconfirmed);
        signal.removeEventListener('abort', end);
        forget();
        // The listener for errors stays: one that comes late must not be uncaught.
        subscription.removeAllListeners('data');
        void subscription.unsubscribe().catch(() => undefined);
        resolve(isConfirmed);
      };
      this.#end = end;
      const unconfirmed = setTimeout(end, patience.callMs);
      signal.addEventListener('abort', end);
      forget = lease.onRetired(end);
      subscription.on('confirmation', () => {
        isConfirmed = true;
        clearTimeout(unconfirmed);
        this.tell();
      });
      subscription.on('data', () => this.tell());
      subscription.on('error', end);
      subscription.on('end', end);
      subscription.on('close', end);
    });
  }
}
