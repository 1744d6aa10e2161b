// The client that is asked at the moment. The client does not recover by itself from a server that
// has gone silent, so a new one takes its place; the old one is let go when its last call is done,
// and never disposed of before, so that no call fails because of another.
import { type BaseOptions, EventStoreDBClient } from '@eventstore/db-client';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { LogFileError } from '../log-file-errors.ts';
import { StoreUnavailable } from '../port.ts';
import {
  callFailed,
  CallFailed,
  closesChannel,
  type FailureKind,
  isSilence,
  isUndiscovered,
  noAnswer,
} from './call-failed.ts';
import { parseConnection, type Server } from './connection-string.ts';
import { whyNoLeader } from './why-no-leader.ts';

/** All in milliseconds. */
export interface Patience {
  /** Without an answer, or the next part of one, a call is given up after this. */
  readonly callMs: number;
  /** Where nothing can have been done, it is tried again for this long. */
  readonly retryMs: number;
  /** Without other traffic the server is asked this often whether it is there. */
  readonly heartbeatMs: number;
}

export const PATIENCE: Patience = { callMs: 5_000, retryMs: 10_000, heartbeatMs: 2_000 };

/** Our own timer lets the server's deadline go first. */
export const GRACE_MS = 500;

/**
 * The client that takes the place of one whose server fell silent is asked for the log's end before
 * anything else, and not for long: of a leader that stands still the other nodes go on telling for
 * seconds, and it takes connections. Nothing was asked of it by then, so nothing is unknown.
 */
const PROOF_MS = 2_000;

/** A client that could not connect gets this long before it is replaced. */
const MIN_LIFE_MS = 200;

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1_000;

export interface Health {
  readonly isReachable: boolean;
  /** Why not. */
  readonly message?: string;
}

/** One client, for as long as somebody waits for it. */
export class Lease {
  readonly client: EventStoreDBClient;
  readonly since = performance.now();
  calls = 0;
  isRetired = false;
  /** The client has closed its own channel. */
  isBroken = false;
  /** That its client leads to a server that answers; there is none where that is in doubt. */
  proven: Promise<void> | undefined;
  readonly #endings = new Set<() => void>();

  constructor(client: EventStoreDBClient, isInDoubt: boolean) {
    this.client = client;
    if (!isInDoubt) this.proven = Promise.resolve();
  }

  /** What rests on this client for longer than a call ends with it. */
  onRetired(ending: () => void): () => void {
    if (this.isRetired) ending();
    else this.#endings.add(ending);
    return () => void this.#endings.delete(ending);
  }

  retire(): void {
    this.isRetired = true;
    for (const ending of this.#endings) ending();
    this.#endings.clear();
    this.disposeIfDone();
  }

  disposeIfDone(): void {
    if (this.isRetired && this.calls === 0) void dispose(this.client, this.isBroken);
  }
}

export class Connection {
  /** The log's name for people. */
  readonly log: string;
  readonly patience: Patience;
  /** Of every call: with credentials, an append is not one of a shared stream. */
  readonly callOptions: BaseOptions;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #lease: Lease;
  #clients = 0;
  #answeredAt = performance.now();
  #trouble: string | undefined;
  #asking: Promise<string> | undefined;

  constructor(source: { readonly connection: string; readonly log: string }, patience: Patience) {
    this.log = source.log;
    this.patience = patience;
    this.#server = parseConnection(source.connection, source.log);
    const { credentials } = this.#server;
    this.callOptions = { credentials, requiresLeader: true, deadline: patience.callMs };
    this.#lease = this.#newLease(false);
    this.#heartbeat = setInterval(() => void this.#beat(), patience.heartbeatMs);
    this.#heartbeat.unref();
  }

  get lease(): Lease {
    return this.#lease;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get health(): Health {
    return this.#trouble === undefined
      ? { isReachable: true }
      : { isReachable: false, message: this.#trouble };
  }

  /** One try. Rejects with CallFailed, or StoreUnavailable once it is closed. */
  async call<T>(ask: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    this.assertOpen();
    const lease = this.#lease;
    lease.calls += 1;
    try {
      await (lease.proven ??= this.#prove(lease));
      const answer = await ask(lease.client);
      lease.isBroken = false;
      this.#answeredAt = performance.now();
      this.#trouble = undefined;
      return answer;
    } catch (error) {
      throw await this.#failed(lease, error);
    } finally {
      lease.calls -= 1;
      lease.disposeIfDone();
    }
  }

  /** Calls again, ever more slowly, while the failure is of these kinds. */
  async callAgain<T>(
    kinds: readonly FailureKind[],
    ask: (client: EventStoreDBClient) => Promise<T>,
    retryMs: number = this.patience.retryMs,
  ): Promise<T> {
    const until = performance.now() + retryMs;
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.call(ask);
      } catch (error) {
        if (!(error instanceof CallFailed && kinds.includes(error.kind))) throw error;
        const wait = delayBefore(tries);
        if (performance.now() + wait > until) throw error;
        await this.pause(wait);
      }
    }
  }

  /** Rejects with StoreUnavailable when it is closed meanwhile. */
  async pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.closing }).catch(() => this.assertOpen());
  }

  /** The promise, or a failure when it has not settled in time. */
  inTime<T>(promise: Promise<T>, milliseconds = this.patience.callMs + GRACE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(noAnswer(milliseconds)), milliseconds);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  assertOpen(): void {
    if (this.closing.aborted) throw new StoreUnavailable(`${this.log} is closed`);
  }

  /** What the hosts say to a connection; those who ask at once are told the same. */
  whyNoLeader(): Promise<string> {
    this.#asking ??= whyNoLeader(this.#server).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async close(): Promise<void> {
    if (this.closing.aborted) return;
    this.#closing.abort();
    clearInterval(this.#heartbeat);
    this.#lease.retire();
    await nextTurn();
  }

  async #failed(lease: Lease, error: unknown): Promise<unknown> {
    if (error instanceof StoreUnavailable || error instanceof LogFileError) return error;
    if (error instanceof RangeError) return error;
    const failure = callFailed(error);
    lease.isBroken = closesChannel(failure);
    const isTrouble = failure.isConnectionLost || ['not_done', 'refused'].includes(failure.kind);
    // That none of the hosts leads to a leader is said with the reason, once it is known.
    if (!isUndiscovered(failure)) this.#trouble = isTrouble ? failure.message : undefined;
    if (failure.isConnectionLost) this.#replace(lease, failure);
    // The client closes a channel in the turn in which a call failed on it; a call that begins
    // in the same turn would throw where nobody can catch it.
    if (failure.isConnectionLost || failure.kind === 'not_done') await nextTurn();
    return isUndiscovered(failure) ? this.#explained(failure) : failure;
  }

  async #explained(failure: CallFailed): Promise<CallFailed> {
    const since = performance.now();
    const message = `${failure.message} ${await this.whyNoLeader()}`;
    if (this.#answeredAt < since) this.#trouble = message;
    return new CallFailed(failure.kind, failure.isConnectionLost, message, failure.cause);
  }

  #replace(lease: Lease, failure: CallFailed): void {
    if (lease !== this.#lease || this.closing.aborted) return;
    const isYoung = performance.now() - lease.since < MIN_LIFE_MS;
    if (failure.kind === 'not_done' && isYoung) return;
    this.#lease = this.#newLease(isSilence(failure));
    lease.retire();
  }

  /**
   * gRPC keeps connections of equal settings together, and waits ever longer (up to two minutes)
   * before it tries one again: other settings, another connection, tried at once.
   */
  #newLease(isInDoubt: boolean): Lease {
    this.#clients = (this.#clients + 1) % 1_000;
    const { keepAliveMs } = this.#server;
    const differing = keepAliveMs < 0 ? keepAliveMs : keepAliveMs + this.#clients;
    const connection = this.#server.connection(differing);
    return new Lease(EventStoreDBClient.connectionString(connection), isInDoubt);
  }

  async #prove(lease: Lease): Promise<void> {
    try {
      await this.inTime(this.#askForEnd(lease.client), Math.min(PROOF_MS, this.patience.callMs));
    } catch (error) {
      lease.proven = undefined;
      throw beforeAnything(callFailed(error));
    }
  }

  async #beat(): Promise<void> {
    if (performance.now() - this.#answeredAt < this.patience.heartbeatMs) return;
    await this.call((client) => this.inTime(this.#askForEnd(client))).catch(() => undefined);
  }

  #askForEnd(client: EventStoreDBClient): Promise<void> {
    const last = { direction: 'backwards', fromPosition: 'end', maxCount: 1 } as const;
    return firstOf(client.readAll({ ...this.callOptions, ...last }));
  }
}

/** Of a call that was not even begun. */
function beforeAnything(failure: CallFailed): CallFailed {
  if (failure.kind !== 'unknown') return failure;
  return new CallFailed('not_done', failure.isConnectionLost, failure.message, failure.cause);
}

async function firstOf(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events) return;
}

/** Longer each time, and never the same for two. */
function delayBefore(tries: number): number {
  return (0.5 + Math.random() / 2) * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
}

/** The client's own `dispose` leaves the connection open. */
async function dispose(client: EventStoreDBClient, isBroken: boolean): Promise<void> {
  await client.dispose().catch(() => undefined);
  if (isBroken) return;
  const { getChannel } = client as unknown as { getChannel: () => Promise<{ close(): void }> };
  await getChannel().then(
    (channel) => channel.close(),
    () => undefined,
  );
}
