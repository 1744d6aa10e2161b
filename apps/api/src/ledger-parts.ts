// The parts that live as long as the service: the log with its lock, the buyers' keys, the runner,
// the follower with the read models. Opened in this order and closed in the other, after the last
// request has been answered.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { openSnapshotCache, type SnapshotCache } from '#event-store/snapshot-cache.ts';
import { openSqliteStore, type SqliteStore } from '#event-store/sqlite-store.ts';
import { Runner } from '#event-store/runner.ts';
import { openBuyerKeys } from './buyer-keys.ts';
import type { Config } from './config.ts';
import { Follower } from './follower/follower.ts';
import {
  BUYER_KEYS,
  CONFIG,
  EVENT_STORE,
  FOLLOWER,
  READ_STORE,
  RUNNER,
  SNAPSHOTS,
} from './wiring.ts';

function openLog({ dataDirectory }: Config): SqliteStore {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  return openSqliteStore(join(dataDirectory, 'ledger.db'));
}

/** Its read models may be behind when it resolves: readiness tells when they have caught up. */
async function startFollower({ dataDirectory }: Config, store: SqliteStore): Promise<Follower> {
  const follower = new Follower({
    logFile: join(dataDirectory, 'ledger.db'),
    readFile: join(dataDirectory, 'read.db'),
  });
  await follower.start();
  store.onCommit((position) => follower.nudge(position));
  return follower;
}

/** What drains in which order when the service stops. */
@Injectable()
export class LedgerParts implements OnApplicationShutdown {
  constructor(
    @Inject(EVENT_STORE) private readonly store: SqliteStore,
    @Inject(SNAPSHOTS) private readonly snapshots: SnapshotCache,
    @Inject(RUNNER) private readonly runner: Runner,
    @Inject(FOLLOWER) private readonly follower: Follower,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.runner.close();
    await this.follower.stop();
    this.snapshots.close();
    await this.store.close();
  }
}

export const ledgerProviders: readonly Provider[] = [
  { provide: EVENT_STORE, useFactory: openLog, inject: [CONFIG] },
  {
    provide: BUYER_KEYS,
    useFactory: ({ dataDirectory }: Config, store: SqliteStore) =>
      openBuyerKeys(dataDirectory, store),
    inject: [CONFIG, EVENT_STORE],
  },
  {
    provide: SNAPSHOTS,
    useFactory: ({ dataDirectory }: Config, store: SqliteStore) =>
      openSnapshotCache(join(dataDirectory, 'cache.db'), store.logId),
    inject: [CONFIG, EVENT_STORE],
  },
  {
    provide: RUNNER,
    useFactory: ({ stateCacheBytes }: Config, store: SqliteStore, snapshots: SnapshotCache) =>
      new Runner({ store, snapshots, maxCacheBytes: stateCacheBytes }),
    // After the keys: without them nothing may be decided, and the message is theirs.
    inject: [CONFIG, EVENT_STORE, SNAPSHOTS, BUYER_KEYS],
  },
  { provide: FOLLOWER, useFactory: startFollower, inject: [CONFIG, EVENT_STORE, BUYER_KEYS] },
  {
    provide: READ_STORE,
    useFactory: (follower: Follower) => follower.readModel(),
    inject: [FOLLOWER],
  },
  LedgerParts,
];
