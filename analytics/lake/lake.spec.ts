import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { openEngine, rowsOf, literal } from '../duckdb/engine.ts';
import { lakeFiles } from './lake-files.ts';
import { withLakeLock } from './lake-lock.ts';
import { syncLake } from './lake.ts';
import { readManifest } from './manifest.ts';

const TERMS = {
  payeeId: 'p1',
  currency: 'USD',
  plan: RATE_10_PERCENT,
  lines: [1_000n],
  occurredAt: '2026-01-10T00:00:00.000Z',
  clearsAt: '2026-01-17T00:00:00.000Z',
};

describe('the lake', () => {
  let log: HandmadeLog;
  let next = 0;

  beforeEach(async () => {
    log = new HandmadeLog();
    await log.setRules();
    next = 0;
  });
  afterEach(() => log.end());

  const confirm = async (count: number) => {
    const last = next + count;
    for (; next < last; next += 1) await log.confirm({ ...TERMS, orderId: `o${next}` });
  };
  const lake = () => log.workspace.lakeDirectory;
  const segments = () => join(lake(), 'segments');

  const held = async () => {
    const { eventFiles, entryFiles } = await lakeFiles(lake(), { after: -1 });
    const engine = await openEngine({ memoryMb: 100, spillDirectory: join(lake(), 'spill') });
    try {
      const places = (files: readonly string[]) =>
        rowsOf(
          engine.connection,
          `SELECT log_index FROM read_parquet(${literal(files)}) ORDER BY log_index`,
        );
      const events = (await places(eventFiles)).map(({ log_index: place }) => Number(place));
      return { events, entries: (await places(entryFiles)).length };
    } finally {
      engine.close();
    }
  };

  it('holds every event once, whatever was added between', async () => {
    await confirm(3);
    expect(await syncLake(log.workspace)).toMatchObject({ events: 4, added: 4, segments: 1 });
    await confirm(2);
    expect(await syncLake(log.workspace)).toMatchObject({ events: 6, added: 2, segments: 1 });
    expect(await syncLake(log.workspace)).toMatchObject({ events: 6, added: 0 });
    expect(await held()).toEqual({ events: [0, 1, 2, 3, 4, 5], entries: 5 });
  });

  it('leaves a segment of some size as it is, and goes on after it', async () => {
    await log.fill(20_000);
    expect(await syncLake(log.workspace)).toMatchObject({ events: 20_001, segments: 1 });
    const [first] = readManifest(lake())!.segments;
    await confirm(2);
    expect(await syncLake(log.workspace)).toMatchObject({ events: 20_003, segments: 2 });
    expect(readManifest(lake())!.segments[0]).toEqual(first);
    const { events, entries } = await held();
    expect(events).toEqual(Array.from({ length: 20_003 }, (_, place) => place));
    expect(entries).toBe(2);
  });

  it('names segments by their range and hash', async () => {
    await confirm(1);
    await syncLake(log.workspace);
    const names = readdirSync(segments()).sort();
    expect(names).toEqual([
      expect.stringMatching(/^entries-000000000000-000000000001-[0-9a-f]{64}\.parquet$/),
      expect.stringMatching(/^events-000000000000-000000000001-[0-9a-f]{64}\.parquet$/),
    ]);
  });

  it('keeps the stored text, whatever characters are in it', async () => {
    const reason = 'tab\there, "quoted", \\ and \u2028 and é';
    await log.append('influencer-p1', {
      type: 'InfluencerSuspended',
      data: { influencerId: 'p1', reason, occurredAt: '2026-01-10T00:00:00.007Z' },
    });
    await syncLake(log.workspace);
    const { eventFiles } = await lakeFiles(lake(), { after: -1 });
    const engine = await openEngine({ memoryMb: 100, spillDirectory: join(lake(), 'spill') });
    const [row] = await rowsOf(
      engine.connection,
      `SELECT data->>'$.reason' AS reason, occurred_at::VARCHAR AS at
       FROM read_parquet(${literal(eventFiles)}) WHERE log_index = 1`,
    );
    engine.close();
    expect(row).toEqual({ reason, at: '2026-01-10 00:00:00.007' });
  });

  describe('names what is wrong with it', () => {
    /** What a reader of the segment is told. */
    const damaged = async (damage: (file: string) => void): Promise<string> => {
      await confirm(1);
      await syncLake(log.workspace);
      const file = readdirSync(segments()).find((each) => each.startsWith('events'))!;
      damage(join(segments(), file));
      const message = await lakeFiles(lake(), { after: -1 }).catch((error: Error) => error.message);
      expect(message).toMatch(/remove its directory/);
      return String(message);
    };

    it('a missing segment', async () => {
      expect(await damaged((file) => rmSync(file))).toMatch(/segment events-0.* is missing/);
    });

    it('a changed segment', async () => {
      const message = await damaged((file) => {
        const bytes = readFileSync(file);
        bytes[100]! ^= 1;
        writeFileSync(file, bytes);
      });
      expect(message).toMatch(/segment events-0.* was changed/);
    });

    it('a shortened segment', async () => {
      const cut = (file: string) => writeFileSync(file, readFileSync(file).subarray(10));
      expect(await damaged(cut)).toMatch(/segment events-0.* was changed/);
    });

    it('a manifest that is none', async () => {
      await confirm(1);
      await syncLake(log.workspace);
      writeFileSync(join(lake(), 'manifest.json'), '{"format":');
      await expect(syncLake(log.workspace)).rejects.toThrow(/is not a lake's manifest/);
    });

    it('a manifest with a gap', async () => {
      await confirm(1);
      await syncLake(log.workspace);
      const file = join(lake(), 'manifest.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"first": 0', '"first": 1'));
      await expect(syncLake(log.workspace)).rejects.toThrow(/leave a gap/);
    });

    it('a lake of another log', async () => {
      const other = new HandmadeLog();
      await other.setRules();
      await syncLake(other.workspace);
      renameSync(other.workspace.lakeDirectory, lake());
      await expect(syncLake(log.workspace)).rejects.toThrow(/copy of another log/);
      await other.end();
    });

    it('a lake that is ahead of its log', async () => {
      await confirm(2);
      await syncLake(log.workspace);
      const file = join(lake(), 'manifest.json');
      const stranger = '00000000-0000-5000-8000-000000000000';
      const { id } = readManifest(lake())!.segments[0]!.lastEvent;
      writeFileSync(file, readFileSync(file, 'utf8').replace(id, stranger));
      await expect(syncLake(log.workspace)).rejects.toThrow(/an event that the log has not/);
    });
  });

  it('is written by one process at a time', async () => {
    await confirm(1);
    await withLakeLock(lake(), 0, async () => {
      await expect(syncLake(log.workspace, { waitMs: 60 })).rejects.toThrow(/another process/);
    });
    expect(await syncLake(log.workspace)).toMatchObject({ events: 2 });
  });

  it('is whole after a kill at any moment', async () => {
    await confirm(400);
    await log.end({ remove: false });
    const script = join(import.meta.dirname, '../testing/sync-forever.ts');
    for (let kill = 0; kill < 6; kill += 1) {
      const child = fork(script, [JSON.stringify(log.workspace)], { execArgv: [], silent: true });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, 40 * kill));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(await syncLake(log.workspace)).toMatchObject({ events: 401 });
    const { events, entries } = await held();
    expect(events).toEqual(Array.from({ length: 401 }, (_, place) => place));
    expect(entries).toBe(400);
  }, 60_000);
});
