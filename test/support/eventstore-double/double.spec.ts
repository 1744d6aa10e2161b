// The double as a server that is started, restarted and guarded, seen through the real client.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { type EventStoreDouble, startEventStoreDouble } from './double.ts';
import { newEvents, UNARY } from './client-side.ts';

const STREAM = 'task-a';

const clientOf = (connection: string) => EventStoreDBClient.connectionString(connection);

describe('a restart', () => {
  it('keeps the log and the port, and forgets ids except at exact revisions', async () => {
    const double = await startEventStoreDouble();
    const [exact, any] = [newEvents(1), newEvents(1)];
    const before = clientOf(double.connection);
    const append = (client: EventStoreDBClient, events: typeof any, expectedRevision: any) =>
      client.appendToStream(STREAM, events, { ...UNARY, expectedRevision });
    const first = await append(before, exact, NO_STREAM);
    const once = await append(before, any, 'any');
    expect(await append(before, any, 'any')).toEqual(once);
    await double.restart();
    await before.dispose();
    const after = clientOf(double.connection);
    expect(await append(after, exact, NO_STREAM)).toEqual(first);
    await append(after, any, 'any');
    expect(await after.readStream(STREAM).toArray()).toHaveLength(3);
    await after.dispose();
    await double.stop();
  });

  it('finds in its file what another double wrote', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'double-'));
    const file = join(folder, 'log.db');
    const before = await startEventStoreDouble({ file });
    const writer = clientOf(before.connection);
    await writer.appendToStream(STREAM, newEvents(2));
    await writer.setStreamMetadata(STREAM, { maxCount: 1 });
    await writer.dispose();
    await before.stop();
    const after = await startEventStoreDouble({ file });
    const reader = clientOf(after.connection);
    expect(await reader.readStream(STREAM).toArray()).toMatchObject([{ event: { revision: 1n } }]);
    await reader.dispose();
    await after.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('a double that asks for credentials', () => {
  const credentials = { username: 'ledger', password: 'pass' };
  let folder: string;
  let guarded: EventStoreDouble;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'double-'));
    guarded = await startEventStoreDouble({ credentials, tlsFolder: folder });
  });
  afterEach(async () => {
    await guarded.stop();
    rmSync(folder, { recursive: true });
  });

  it('lets in who has them, over TLS', async () => {
    const known = clientOf(guarded.connection);
    await known.appendToStream(STREAM, newEvents(1));
    await known.appendToStream(STREAM, newEvents(1), { credentials });
    expect(await known.readStream(STREAM).toArray()).toHaveLength(2);
    await known.dispose();
  });

  it.each([
    ['none', ''],
    ['wrong ones', 'ledger:wrong@'],
  ])('keeps out who has %s', async (_, user) => {
    const stranger = clientOf(guarded.connection.replace('ledger:pass@', user));
    const denied = { type: 'access-denied' };
    await expect(stranger.appendToStream(STREAM, newEvents(1))).rejects.toMatchObject(denied);
    await expect(stranger.deleteStream(STREAM)).rejects.toMatchObject(denied);
    await expect(stranger.readAll().toArray()).rejects.toMatchObject(denied);
    await stranger.dispose();
  });

  it('is not trusted by who does not know its certificate', async () => {
    const careful = clientOf(guarded.connection.replace(/&tlsCAFile=.*/, ''));
    const append = careful.appendToStream(STREAM, newEvents(1), { credentials, deadline: 1_000 });
    await expect(append).rejects.toMatchObject({ type: 'unavailable' });
    await careful.dispose();
  });
});
