// The double as a process: what it acknowledged outlives its death.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { DoubleProcess } from './double-process.ts';
import { newEvents, UNARY } from './client-side.ts';

let folder: string;
let double: DoubleProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'double-'));
  double = await DoubleProcess.start({ file: join(folder, 'log.db') });
});
afterEach(async () => {
  await double.stop();
  rmSync(folder, { recursive: true });
});

it('comes back on its port with all that it acknowledged before it was killed', async () => {
  const client = EventStoreDBClient.connectionString(double.connection);
  const acknowledged: string[] = [];
  const write = async (worker: number) => {
    for (let i = 0; ; i += 1) {
      const stream = `task-${worker}.${i}`;
      await client.appendToStream(stream, newEvents(2), { ...UNARY, expectedRevision: NO_STREAM });
      acknowledged.push(stream);
      if (acknowledged.length === 200) void double.kill();
    }
  };
  await Promise.allSettled(Array.from({ length: 16 }, (_, worker) => write(worker)));
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  await double.kill();
  await double.startAgain();
  const again = EventStoreDBClient.connectionString(double.connection);
  const revisions = new Map<string, bigint[]>();
  for await (const { event } of again.readAll()) {
    const { streamId, revision } = event!;
    revisions.set(streamId, [...(revisions.get(streamId) ?? []), revision]);
  }
  for (const stream of acknowledged) expect(revisions.get(stream)).toEqual([0n, 1n]);
  await again.dispose();
});

it('answers nothing while it stands still, and goes on', async () => {
  const client = EventStoreDBClient.connectionString(double.connection);
  await client.appendToStream('task-a', newEvents(1), UNARY);
  double.pause();
  const append = client.appendToStream('task-b', newEvents(1), { ...UNARY, deadline: 300 });
  await expect(append).rejects.toMatchObject({ type: 'deadline-exceeded' });
  double.goOn();
  await client.appendToStream('task-c', newEvents(1), UNARY);
  await client.dispose();
});

it('takes its faults from afar', async () => {
  const client = EventStoreDBClient.connectionString(double.connection);
  await double.faults.nextAppends({ kind: 'timeout_after' });
  const append = client.appendToStream('task-a', newEvents(1), UNARY);
  await expect(append).rejects.toMatchObject({ type: 'timeout' });
  expect(await client.readStream('task-a').toArray()).toHaveLength(1);
  await client.dispose();
});
