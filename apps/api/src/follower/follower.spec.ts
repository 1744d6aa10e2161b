import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import type { NewEvent } from '#event-store/port.ts';
import { openSqliteStore, type SqliteStore } from '#event-store/sqlite-store.ts';
import type { EventType } from '#ledger/events.ts';
import { projections } from '#projections/index.ts';
import { rebuildSteps } from '#read-store/rebuild.ts';
import { ReadStore } from '#read-store/read-store.ts';
import { Follower } from './follower.ts';
import type { FollowerFiles } from './messages.ts';

const SCRIPT = new URL('./follower.worker.ts', import.meta.url);
const ANY_ID = '00000000-0000-4000-8000-000000000000';

beforeAll(() => Logger.overrideLogger(false));

let directory: string;
let store: SqliteStore;
let events = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'follower-'));
  store = openSqliteStore(join(directory, 'ledger.db'));
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const files = (): FollowerFiles => ({
  source: { kind: 'sqlite' as const, file: join(directory, 'ledger.db') },
  readFile: join(directory, 'read.db'),
});

function newEvent(type: EventType, data: object): NewEvent {
  const id = `00000000-0000-4000-8000-${String(++events).padStart(12, '0')}`;
  const recordedAt = '2026-01-01T00:00:00.000Z';
  return {
    id,
    type,
    data,
    metadata: { correlationId: ANY_ID, causationId: ANY_ID, actor: 'test', recordedAt },
  };
}

const occurredAt = '2026-01-01T00:00:00.000Z';

/** Influencers are registered and their statements issued: rows in several tables that add up. */
async function append(count: number): Promise<bigint> {
  const appended = Array.from({ length: count }, async () => {
    const influencerId = `i${events}`;
    const registered = { influencerId, kind: 'individual', occurredAt };
    await store.append(`influencer-${influencerId}`, 'no_stream', [
      newEvent('InfluencerRegistered', registered),
    ]);
    const issued = newEvent('StatementIssued', statement(`p${events % 40}`, `2${events}`));
    return store.append(`payee-${influencerId}`, 'no_stream', [issued]);
  });
  const positions = (await Promise.all(appended)).map(({ position }) => position);
  return positions.reduce((latest, position) => (position > latest ? position : latest));
}

function statement(payeeId: string, period: string) {
  const hash = 'a'.repeat(64);
  return {
    payeeId,
    period,
    currency: 'USD',
    cutoffLogIndex: 1,
    rulesVersion: 1,
    openingMinor: '0',
    lineCount: 1,
    linesMinor: '7',
    otherMinor: '0',
    closingMinor: '7',
    inputSha256: hash,
    documentSha256: hash,
    occurredAt,
  };
}

/** Of every projection, by a replay of the whole log to nothing but memory. */
async function replayedHashes(): Promise<Record<string, string>> {
  const replayed = new ReadStore({ file: ':memory:', logId: store.logId, projections });
  const steps = rebuildSteps({ store: replayed, reader: store, onProgress: () => {} });
  while (!(await steps.next()).done);
  const readModel = replayed.readModel();
  const hashes = projections.map(({ name }) => [name, readModel.stateHash(name)]);
  replayed.close();
  return Object.fromEntries(hashes);
}

function liveHashes(follower: Follower): Record<string, string> {
  const readModel = follower.readModel();
  return Object.fromEntries(projections.map(({ name }) => [name, readModel.stateHash(name)]));
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('follows in a thread: a read that waits for a write finds it', async () => {
  const follower = new Follower(files());
  await follower.start();
  store.onCommit((position) => follower.nudge(position));
  const position = await append(50);
  expect(await follower.waitFor(position, 20_000)).toBe(true);
  expect(follower.checkpoint().position).toBe(position);
  const counted = follower.readModel().get('SELECT count(*) AS n FROM influencers');
  expect(counted).toEqual({ n: 50 });
  await until(() => follower.status().state === 'following');
  expect(await follower.waitFor(position + 1n, 30)).toBe(false);
  expect(liveHashes(follower)).toEqual(await replayedHashes());
  await follower.stop();
});

test('a stop drains: what was appended before it is in the rows', async () => {
  const follower = new Follower(files());
  await follower.start();
  await until(() => follower.status().state === 'following');
  await append(500);
  await follower.stop();
  expect(follower.checkpoint().logIndex).toBe(999);
  expect(follower.status().state).toBe('stopped');
  expect(await follower.waitFor(5_000n, 1_000)).toBe(false);
});

test('killed again and again under load, it skips nothing and repeats nothing', async () => {
  let thread: Worker | undefined;
  const startThread = (workerData: FollowerFiles) => (thread = new Worker(SCRIPT, { workerData }));
  const follower = new Follower({ ...files(), startThread });
  await follower.start();
  store.onCommit((position) => follower.nudge(position));
  let kills = 0;
  let last = -1n;
  for (let round = 0; round < 8; round++) {
    const writing = append(600);
    const progressed = follower.checkpoint().logIndex + 100 * (round % 4);
    await Promise.race([until(() => follower.checkpoint().logIndex > progressed), writing]);
    await thread!.terminate();
    kills++;
    expect(['restarting', 'catching_up', 'following']).toContain(follower.status().state);
    last = await writing;
  }
  expect(kills).toBe(8);
  await until(() => follower.checkpoint().position >= last);
  await until(() => follower.status().state === 'following');
  expect(follower.readModel().get('SELECT count(*) AS n FROM journal')).toEqual({ n: 9_600 });
  expect(liveHashes(follower)).toEqual(await replayedHashes());
  await follower.stop();
});

test('says that it is not ready while its thread is gone', async () => {
  let thread: Worker | undefined;
  const startThread = (workerData: FollowerFiles) => (thread = new Worker(SCRIPT, { workerData }));
  const follower = new Follower({ ...files(), startThread });
  await follower.start();
  await until(() => follower.status().state === 'following');
  await thread!.terminate();
  expect(follower.status()).toMatchObject({ state: 'restarting', message: 'the thread ended' });
  await until(() => follower.status().state === 'following');
  expect(follower.status().message).toBeUndefined();
  await follower.stop();
});

test('an event of unknown type is an alarm: it stops and is not started again', async () => {
  const follower = new Follower(files());
  await follower.start();
  const alarms: string[] = [];
  follower.onAlarm((message) => alarms.push(message));
  await until(() => follower.status().state === 'following');
  await append(3);
  const { position } = await store.append('seller-s', 'no_stream', [
    newEvent('SellerRenamed' as EventType, {}),
  ]);
  expect(await follower.waitFor(position, 20_000)).toBe(false);
  expect(follower.status().state).toBe('alarm');
  expect(alarms).toEqual([
    'seller-s@0 has the type SellerRenamed, which this version of the ledger does not know',
  ]);
  expect(follower.checkpoint().logIndex).toBe(5);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(follower.status().state).toBe('alarm');
  await follower.stop();
});

test('does not start on a read store that is something else', async () => {
  await writeFile(files().readFile, 'something else that is long enough to be looked at as a file');
  const follower = new Follower(files());
  await expect(follower.start()).rejects.toThrow('is no read store of this version');
});

test('rebuilds all projections beside live traffic and compares them', async () => {
  const follower = new Follower(files());
  await follower.start();
  store.onCommit((position) => follower.nudge(position));
  await append(500);
  await until(() => follower.status().state === 'following');
  const phases = new Set<string>();
  const rebuilding = follower.rebuild('all', ({ phase }) => phases.add(phase));
  await expect(follower.rebuild('all')).rejects.toThrow('a rebuild is running already');
  await append(500);
  const reports = await rebuilding;
  expect(reports.map(({ projection }) => projection)).toEqual(projections.map(({ name }) => name));
  expect(reports.every(({ matches }) => matches === true)).toBe(true);
  expect(phases).toEqual(new Set(['reading', 'indexing', 'comparing']));
  await expect(follower.rebuild(['nothing'])).rejects.toThrow('there is no projection nothing');
  await follower.stop();
});
