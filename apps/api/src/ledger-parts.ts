// The parts that live as long as the service: the log with its lock, the buyers' keys, snapshots,
// the follower with the read models, the runner. Opened in this order and closed in the other,
// after the last request has been answered; when one cannot be opened the earlier ones are given
// back.
import { join } from 'node:path';
import type { OnApplicationShutdown, Provider } from '@nestjs/common';
import { claimKeyIn, openEventStore } from '#event-store/log-source.ts';
import type { EventStore } from '#event-store/port.ts';
import { Runner } from '#event-store/runner.ts';
import { openSnapshotCache } from '#event-store/snapshot-cache.ts';
import { SqliteStore } from '#event-store/sqlite-store.ts';
import { openBuyerKeys } from './buyer-keys.ts';
import type { Config } from './config.ts';
import { keepLogId, takeDataDirectory } from './data-directory.ts';
import { Follower } from './follower/follower.ts';
import { BUYER_KEYS, EVENT_STORE, FOLLOWER, LEDGER_PARTS, READ_STORE, RUNNER } from './wiring.ts';

export interface LedgerParts extends OnApplicationShutdown {
  readonly providers: readonly Provider[];
  /** Drains: commands are answered, snapshots saved, the rows caught up, the lock given back. */
  close(): Promise<void>;
}

/**
 * Rejects with LogFileError, LogUnreachable, DataDirectoryRefused, BuyerKeysUnusable, or why the
 * read models cannot be opened.
 */
export async function openLedgerParts(config: Config): Promise<LedgerParts> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (let last = closing.pop(); last !== undefined; last = closing.pop()) await last();
  };
  try {
    return { providers: await openAll(config, closing), close, onApplicationShutdown: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAll(config: Config, closing: (() => unknown)[]): Promise<readonly Provider[]> {
  const { dataDirectory, stateCacheBytes } = config;
  const lock = takeDataDirectory(config);
  closing.push(() => lock.release());
  const store = await openEventStore(config.log);
  closing.push(() => store.close());
  keepLogId(config, store.logId);
  const buyerKeys = await openBuyerKeys(dataDirectory, store, claimKeyIn(store));
  const snapshots = openSnapshotCache(join(dataDirectory, 'cache.db'), store.logId);
  closing.push(() => snapshots.close());
  const follower = await startFollower(config, store);
  closing.push(() => follower.stop());
  const runner = new Runner({ store, snapshots, maxCacheBytes: stateCacheBytes });
  closing.push(() => runner.close());
  follower.onNews((news) => runner.hear(news));
  return [
    { provide: EVENT_STORE, useValue: store },
    { provide: BUYER_KEYS, useValue: buyerKeys },
    { provide: FOLLOWER, useValue: follower },
    { provide: READ_STORE, useValue: follower.readModel() },
    { provide: RUNNER, useValue: runner },
  ];
}

/** Its read models may be behind when it resolves: readiness tells when they have caught up. */
async function startFollower({ dataDirectory, log }: Config, store: EventStore): Promise<Follower> {
  const follower = new Follower({ source: log, readFile: join(dataDirectory, 'read.db') });
  await follower.start();
  if (store instanceof SqliteStore) store.onCommit((position) => follower.nudge(position));
  return follower;
}

/** Nest closes them with the application. */
export const providersOf = (parts: LedgerParts): readonly Provider[] => [
  { provide: LEDGER_PARTS, useValue: parts },
  ...parts.providers,
];
