// What the runner's tests share: a till that takes coins up to a limit, and a store in which others
// write too and answers get lost.
import { randomUUID } from 'node:crypto';
import type { CommandContext } from '#ledger/command-context.ts';
import { accept, type Decider, type Decision, refuse } from '#ledger/decider.ts';
import { newEvent } from './contract/log.ts';
import {
  type AppendedEvent,
  type EventLogReader,
  type EventStore,
  type ExpectedRevision,
  OutcomeUnknown,
} from './port.ts';
import { Runner } from './runner.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';
import type { Transaction } from './transaction.ts';

export interface CoinTaken {
  readonly type: 'CoinTaken';
  readonly data: { readonly coin: string; readonly filler?: string };
}

export interface Till {
  /** Evolved in place, as large states are. */
  readonly coins: string[];
}

export const till: Decider<Till, CoinTaken> = {
  category: 'till',
  foldVersion: 1,
  initial: () => ({ coins: [] }),
  evolve: (state, { data }) => {
    if (data.coin === 'breaks the fold') throw new Error('a broken fold');
    state.coins.push(data.coin);
    return state;
  },
  sizeOf: ({ coins }) => coins.length * 50,
};

export function context(over: Partial<CommandContext> = {}): CommandContext {
  return {
    actor: 'finance:ada',
    correlationId: randomUUID(),
    causationId: randomUUID(),
    now: '2026-02-01T10:00:00.000Z',
    ...over,
  };
}

export type TakeCoin = Transaction<Till, CoinTaken, 'till_must_have_room'>;

/** Taking a coin that is in the till already changes nothing. */
export function takeCoin(
  coin: string,
  over: Partial<TakeCoin> & { limit?: number } = {},
): TakeCoin {
  const { limit = Number.POSITIVE_INFINITY, ...rest } = over;
  return {
    decider: till,
    stream: 'till-1',
    context: context(),
    decide: ({ coins }): Decision<CoinTaken, 'till_must_have_room'> => {
      if (coins.includes(coin)) return accept();
      if (coins.length >= limit) return refuse('till_must_have_room', { coins: coins.length });
      return accept({ type: 'CoinTaken', data: { coin } });
    },
    ...rest,
  };
}

/** As if on another machine: neither is this process the only writer, nor is the network sound. */
export interface SharedStore extends EventStore {
  readonly appends: readonly (readonly AppendedEvent[])[];
  /** Runs before the next append gets through; once. */
  beforeAppend: (() => Promise<unknown>) | undefined;
  /** Runs after the next append was stored, and may lose its answer by throwing; once. */
  afterAppend: (() => void) | undefined;
}

export function sharedStore(store: EventStore, isOnlyWriter = false): SharedStore {
  const appends: (readonly AppendedEvent[])[] = [];
  return {
    logId: store.logId,
    isOnlyWriter,
    appends,
    beforeAppend: undefined,
    afterAppend: undefined,
    async append(stream: string, expected: ExpectedRevision, events: readonly AppendedEvent[]) {
      const { beforeAppend } = this;
      this.beforeAppend = undefined;
      await beforeAppend?.();
      appends.push(events);
      const appended = await store.append(stream, expected, events);
      const { afterAppend } = this;
      this.afterAppend = undefined;
      afterAppend?.();
      return appended;
    },
    readStream: (stream, read) => store.readStream(stream, read),
    async *readToEnd(stream, from) {
      for (let next = from; ;) {
        const events = await this.readStream(stream, { from: next });
        if (events.length === 0) return;
        yield events;
        next += events.length;
      }
    },
    readAll: (read) => store.readAll(read),
    readAllFacts: (read) => store.readAllFacts(read),
    readAllText: (read) => store.readAllText(read),
    follow: (follow) => store.follow(follow),
    head: () => store.head(),
    placeOf: (logIndex) => store.placeOf(logIndex),
    close: () => store.close(),
  };
}

export interface SharedLog {
  /** As others write to it. */
  readonly log: SqliteStore;
  readonly store: SharedStore;
  readonly runner: Runner;
}

/** Empty, and in memory. */
export function openSharedLog(): SharedLog {
  const log = openSqliteStore(':memory:');
  const store = sharedStore(log);
  return { log, store, runner: new Runner({ store }) };
}

export const coinTaken = (coin: string) => newEvent('', { type: 'CoinTaken', data: { coin } });

export const coinsOf = async (log: EventLogReader, stream: string) =>
  (await log.readStream(stream)).map(({ data }) => (data as CoinTaken['data']).coin);

export function lost(): never {
  throw new OutcomeUnknown('the answer was lost');
}
