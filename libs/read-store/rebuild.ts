// A rebuild, step by step beside live traffic: fill new tables from the first event, index them,
// compare their hash with the live one at the same place of the log, and switch in one transaction.
// Killed at any step, it goes on from its checkpoint, with the same result.
import type { EventLogReader } from '#event-store/port.ts';
import { LogShorterThanRows } from './alarms.ts';
import type { Feed } from './feed.ts';
import type { ReadStore } from './read-store.ts';
import { stateHashSteps } from './state-hash.ts';

export interface RebuildProgress {
  readonly phase: 'reading' | 'indexing' | 'comparing';
  /** Events read, of those that the live projections contain. */
  readonly done: number;
  readonly total: number;
}

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  /** Where the hashes were taken. */
  readonly logIndex: number;
  /** Of the live rows; null when there were none of this version. */
  readonly oldHash: string | null;
  readonly newHash: string;
  /** Null when there was nothing to compare with. */
  readonly matches: boolean | null;
}

export interface RebuildRun {
  readonly store: ReadStore;
  readonly reader: EventLogReader;
  readonly onProgress: (progress: RebuildProgress) => void;
}

/** How many events one step reads: short enough for live traffic to pass between two. */
export const PAGE_EVENTS = 4_000;

/** Rows that change again and again are written once for so many events. */
const COMMIT_EVENTS = 16_000;

/** Every `yield` lets live traffic pass. */
export async function* rebuildSteps(
  run: RebuildRun,
): AsyncGenerator<void, readonly RebuildReport[]> {
  const { store } = run;
  yield* fill(run);
  for (const createIndex of store.indexesToCreate()) {
    createIndex();
    report(run, 'indexing');
    yield;
  }
  yield* fill(run);
  const reports: RebuildReport[] = [];
  for (const step of compare(store)) {
    if (step !== undefined) reports.push(step);
    report(run, 'comparing');
    yield;
  }
  yield* fill(run);
  store.switchToRebuilt();
  return reports;
}

/**
 * Up to where the live projections are now, or to the end of the log when there are none. It ends
 * without another yield: what comes next finds both at the same place.
 */
async function* fill(run: RebuildRun): AsyncGenerator<void> {
  const { store, reader } = run;
  const feed = rebuilding(store);
  for (;;) {
    const after = feed.gathered;
    const missing = store.live && store.live.checkpoint.logIndex - after.logIndex;
    if (missing === 0) break;
    const limit = Math.min(PAGE_EVENTS, missing ?? PAGE_EVENTS);
    const events = await reader.readAllFacts({ after, limit });
    if (events.length === 0 && missing === undefined) break;
    if (events.length === 0) throw new LogShorterThanRows(store.live!.checkpoint.logIndex);
    feed.gather(events);
    report(run, 'reading');
    if (events.length === missing) break;
    if (feed.gathered.logIndex - feed.checkpoint.logIndex >= COMMIT_EVENTS) feed.commit();
    yield;
  }
  feed.commit();
}

/** On a frozen state of the tables; after `fill` old and new are at the same place of the log. */
function* compare(store: ReadStore): Generator<RebuildReport | undefined> {
  if (store.live === undefined) return;
  const { logIndex } = rebuilding(store).checkpoint;
  const snapshot = store.openSnapshot();
  try {
    for (const build of rebuilding(store).builds) {
      const { name, version } = build.projection;
      const live = store.live.builds.find(
        ({ projection }) => projection.name === name && projection.version === version,
      );
      const oldHash = live ? yield* hashed(snapshot, live) : null;
      const newHash = yield* hashed(snapshot, build);
      const matches = oldHash === null ? null : oldHash === newHash;
      yield { projection: name, version, logIndex, oldHash, newHash, matches };
    }
  } finally {
    snapshot.close();
  }
}

/** In memory there is one connection and nothing is frozen: then it is done in one go. */
function* hashed(
  { database, isFrozen }: ReturnType<ReadStore['openSnapshot']>,
  build: Feed['builds'][number],
): Generator<undefined, string> {
  const steps = stateHashSteps(database, build);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (isFrozen) yield;
  }
}

function rebuilding(store: ReadStore): Feed {
  if (store.rebuild === undefined) throw new Error('no rebuild is running');
  return store.rebuild;
}

function report({ store, onProgress }: RebuildRun, phase: RebuildProgress['phase']): void {
  const done = rebuilding(store).gathered.logIndex + 1;
  onProgress({ phase, done, total: store.live ? store.live.checkpoint.logIndex + 1 : done });
}
