import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '#event-store/port.ts';
import { LogNotContiguous, LogShorterThanRows } from './alarms.ts';
import { ArrayLog } from './array-log.ts';
import { Following } from './following.ts';
import { openReadModel, type Checkpoint } from './read-model.ts';
import { ReadStore } from './read-store.ts';
import { rebuildSteps, type RebuildProgress } from './rebuild.ts';
import { tally } from './tally.ts';

const directory = mkdtempSync(join(tmpdir(), 'following-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newFile = () => join(directory, `read-${++files}.db`);

function add(log: ArrayLog, count: number): void {
  for (let i = 0; i < count; i++) {
    const sellerId = `s${(log.events.length * 7) % 50}`;
    const type = i % 11 === 10 ? 'SellerLeft' : i % 3 === 0 ? 'SellerEnrolled' : 'SellerJoined';
    log.add(`seller-${sellerId}`, type, { sellerId });
  }
}

function logOf(count: number): ArrayLog {
  const log = new ArrayLog();
  add(log, count);
  return log;
}

const open = (file: string, projections = [tally()]) =>
  new ReadStore({ file, logId: 'log-1', projections });

/** What a follower that never was interrupted would have. */
async function replayedHash(log: ArrayLog, projection = tally()): Promise<string> {
  const store = open(':memory:', [projection]);
  for await (const _ of { [Symbol.asyncIterator]: () => stepsOf(store, log) });
  const hash = store.readModel().stateHash('tally');
  store.close();
  return hash;
}

const stepsOf = (store: ReadStore, reader: ArrayLog) =>
  rebuildSteps({ store, reader, onProgress: () => {} });

function hashOf(file: string): string {
  const readModel = openReadModel(file);
  const hash = readModel.stateHash('tally');
  readModel.close();
  return hash;
}

interface Followed {
  readonly following: Following;
  readonly ended: Promise<void>;
  readonly checkpoints: Checkpoint[];
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

function follow(store: ReadStore, reader: ArrayLog): Followed {
  const checkpoints: Checkpoint[] = [];
  let onCaughtUp: () => void = () => {};
  const following = new Following({
    store,
    reader,
    onProgress(checkpoint, isCaughtUp) {
      if (checkpoint.logIndex !== checkpoints.at(-1)?.logIndex) checkpoints.push(checkpoint);
      if (isCaughtUp && checkpoint.logIndex === reader.events.length - 1) onCaughtUp();
    },
  });
  const ended = following.run();
  return {
    following,
    ended,
    checkpoints,
    caughtUp: () =>
      new Promise((resolve) => {
        onCaughtUp = resolve;
        following.nudge();
      }),
    async stop() {
      following.stop();
      await ended;
      store.close();
    },
  };
}

describe('following', () => {
  test('takes in what was there, what comes, and what is left when it is stopped', async () => {
    const file = newFile();
    const log = logOf(9_000);
    const followed = follow(open(file), log);
    await followed.caughtUp();
    expect(openReadModel(file).checkpoint().logIndex).toBe(8_999);
    add(log, 10);
    followed.following.nudge();
    await followed.caughtUp();
    add(log, 5_000);
    await followed.stop();
    expect(openReadModel(file).checkpoint().logIndex).toBe(14_009);
    expect(hashOf(file)).toBe(await replayedHash(log));
  });

  test('notices events that nobody told it of', async () => {
    const log = logOf(3);
    const followed = follow(open(':memory:'), log);
    await followed.caughtUp();
    add(log, 1);
    while (followed.checkpoints.at(-1)!.logIndex < 3)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await followed.stop();
    expect(followed.checkpoints.at(-1)!.logIndex).toBe(3);
  });

  test('tells who asked for a rebuild when it ends before that began', async () => {
    const log = logOf(3);
    const store = open(':memory:');
    let rebuilt: Promise<unknown> = Promise.resolve();
    log.readAllFacts = () => {
      rebuilt = followed.following.rebuild(['tally'], () => undefined);
      return Promise.reject(new StoreUnavailable('gone'));
    };
    const followed = follow(store, log);
    await expect(followed.ended).rejects.toThrow('gone');
    await expect(rebuilt).rejects.toThrow('gone');
    store.close();
  });

  test('ends with an alarm when the log goes on with another event than the next', async () => {
    const file = newFile();
    const log = logOf(5);
    const followed = follow(open(file), log);
    await followed.caughtUp();
    const next = log.add('seller-x', 'SellerJoined', { sellerId: 'x' });
    log.events[5] = { ...next, logIndex: 6 };
    followed.following.nudge();
    await expect(followed.ended).rejects.toThrow(LogNotContiguous);
    expect(openReadModel(file).checkpoint().logIndex).toBe(4);
  });

  test('refuses a log that ends before its rows do', async () => {
    const file = newFile();
    const store = open(file);
    const followed = follow(store, logOf(20));
    await followed.caughtUp();
    await followed.stop();
    await expect(follow(open(file), logOf(10)).ended).rejects.toThrow(LogShorterThanRows);
  });
});

describe('a rebuild', () => {
  test('runs beside live traffic, finds the same state and switches', async () => {
    const file = newFile();
    const log = logOf(20_000);
    const followed = follow(open(file), log);
    await followed.caughtUp();
    const seen: RebuildProgress[] = [];
    const rebuilt = followed.following.rebuild(['tally'], (progress) => {
      seen.push(progress);
      add(log, 100);
    });
    const [report] = await rebuilt;
    expect(report).toMatchObject({ projection: 'tally', version: 1, matches: true });
    expect(report!.oldHash).toBe(report!.newHash);
    expect(report!.logIndex).toBeGreaterThan(20_000);
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(
      new Set(['reading', 'indexing', 'comparing']),
    );
    await followed.stop();
    expect(hashOf(file)).toBe(await replayedHash(log));
    const database = new DatabaseSync(file);
    const names = database.prepare('SELECT name FROM sqlite_schema ORDER BY name').all();
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tallies_v1_b2', 'tallies_v1_b2_i0', 'tallies_v1_b2_i1']),
    );
    expect(names.map(({ name }) => name)).not.toContain('tallies_v1_b1');
    database.close();
  });

  test('asked for while a page is on its way begins after that page', async () => {
    const log = logOf(300);
    const followed = follow(open(newFile()), log);
    await followed.caughtUp();
    const read = log.readAllFacts.bind(log);
    const asked = Promise.withResolvers<Awaited<ReturnType<Following['rebuild']>>>();
    log.readAllFacts = async (given) => {
      const page = await read(given);
      if (page.length > 0) {
        log.readAllFacts = read;
        followed.following.rebuild(['tally'], () => {}).then(asked.resolve, asked.reject);
      }
      return page;
    };
    add(log, 100);
    followed.following.nudge();
    const [report] = (await Promise.race([asked.promise, followed.ended])) ?? [];
    expect(report).toMatchObject({ logIndex: 399, matches: true });
    await followed.stop();
  });

  test('says that the live rows differ, and repairs them', async () => {
    const file = newFile();
    const log = logOf(300);
    const followed = follow(open(file), log);
    await followed.caughtUp();
    const hand = new DatabaseSync(file);
    hand.exec("UPDATE tallies_v1_b1 SET facts = facts + 1 WHERE sellerId = 's7'");
    hand.close();
    const [report] = await followed.following.rebuild(['tally'], () => {});
    expect(report).toMatchObject({ matches: false, newHash: await replayedHash(log) });
    await followed.stop();
    expect(hashOf(file)).toBe(await replayedHash(log));
  });

  test('works in memory, where there is one connection', async () => {
    const log = logOf(300);
    const store = open(':memory:');
    const followed = follow(store, log);
    await followed.caughtUp();
    const [report] = await followed.following.rebuild(['tally'], () => {});
    expect(report!.matches).toBe(true);
    await followed.stop();
  });

  test('of what does not exist, or beside another, is refused and harms nothing', async () => {
    const log = logOf(30_000);
    const followed = follow(open(newFile()), log);
    await followed.caughtUp();
    const rebuild = (name: string) => followed.following.rebuild([name], () => {});
    await expect(rebuild('nothing')).rejects.toThrow('there is no projection nothing');
    const first = rebuild('tally');
    await expect(rebuild('tally')).rejects.toThrow('a rebuild is running already');
    expect((await first)[0]!.matches).toBe(true);
    await followed.stop();
  });

  test('killed after any of its steps goes on with the same result', async () => {
    const log = logOf(20_000);
    const expected = await replayedHash(log);
    for (let steps = 0; ; steps++) {
      const file = newFile();
      const before = follow(open(file), log);
      await before.caughtUp();
      await before.stop();
      const killed = open(file);
      killed.startRebuild(['tally']);
      const running = stepsOf(killed, log);
      let isDone = false;
      for (let step = 0; step < steps && !isDone; step++) isDone = (await running.next()).done!;
      await running.return([]);
      killed.close();
      const after = follow(open(file), log);
      await after.caughtUp();
      await after.stop();
      expect(hashOf(file)).toBe(expected);
      if (isDone) break;
      expect(steps).toBeLessThan(100);
    }
  });
});

test('a new version is built beside the old one while that is followed', async () => {
  const file = newFile();
  const log = logOf(12_000);
  const before = follow(open(file), log);
  await before.caughtUp();
  await before.stop();
  const [one, two] = [tally(), tally({ version: 2, step: 3 })];
  add(log, 500);
  const followed = follow(open(file, [one, two]), log);
  await followed.caughtUp();
  await followed.stop();
  expect(hashOf(file)).toBe(await replayedHash(log, two));
  expect(await replayedHash(log, two)).not.toBe(await replayedHash(log, one));
});
