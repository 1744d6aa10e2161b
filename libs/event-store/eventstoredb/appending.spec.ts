// Appends to a server that goes wrong, each as it was measured to: nothing is said to be stored
// that may not be, nothing is stored twice, and no append fails because of another.
import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '#ledger/canonical-json.ts';
import { startEventStoreDouble } from '../../../test/support/eventstore-double/double.ts';
import { LogCorrupt } from '../log-file-errors.ts';
import { idsOf, newEvent, newEvents } from '../contract/log.ts';
import { OutcomeUnknown, StoreUnavailable, WrongExpectedRevision } from '../port.ts';
import type { AppendFault } from '../../../test/support/eventstore-double/faults.ts';
import type { EventStoreDbStore } from './eventstoredb-store.ts';
import { onDouble, until } from '../../../test/support/eventstore-logs.ts';

const at = onDouble();
let store: EventStoreDbStore;

beforeEach(async () => {
  store = await at().open();
});

const befalls = (kind: Exclude<AppendFault['kind'], 'not_leader'>, times?: number) =>
  at().double.faults.nextAppends({ kind }, times);

describe('an append', () => {
  it.each(['drop_before', 'silent_before', 'timeout_before'] as const)(
    'that was not stored, by %s, has an unknown outcome; the same again is the first',
    async (kind) => {
      const events = newEvents(2);
      befalls(kind);
      await expect(store.append('task-a', 'no_stream', events)).rejects.toBeInstanceOf(
        OutcomeUnknown,
      );
      expect(await store.readStream('task-a')).toEqual([]);
      expect(await store.append('task-a', 'no_stream', events)).toMatchObject({ revision: 0 });
    },
  );

  it.each(['drop_after', 'silent_after', 'timeout_after'] as const)(
    'that was stored, by %s, has an unknown outcome; the same again gets the first answer',
    async (kind) => {
      const events = newEvents(2);
      befalls(kind);
      await expect(store.append('task-a', 'no_stream', events)).rejects.toBeInstanceOf(
        OutcomeUnknown,
      );
      expect(idsOf(await store.readStream('task-a'))).toEqual(idsOf(events));
      const { revision, position } = await store.append('task-a', 'no_stream', events);
      expect({ revision, position }).toEqual({
        revision: 0,
        position: (await store.readAll()).at(-1)!.position,
      });
      expect(await store.readAll()).toHaveLength(2);
    },
  );

  it('that a server takes back because it is not ready is given to it again', async () => {
    befalls('unavailable', 3);
    expect(await store.append('task-a', 'no_stream', newEvents(1))).toMatchObject({ revision: 0 });
    expect(await store.readAll()).toHaveLength(1);
  });

  it('to a node that does not lead goes to the leader', async () => {
    const other = await at().openElsewhere();
    at().double.faults.followLeader({ address: '127.0.0.1', port: other.double.port });
    expect(await store.append('task-a', 'no_stream', newEvents(1))).toMatchObject({ revision: 0 });
    expect(await other.store.readStream('task-a')).toHaveLength(1);
  });

  it('that is told of a conflict names where the stream is', async () => {
    await store.append('task-a', 'no_stream', newEvents(3));
    befalls('wrong_expected_version');
    const append = store.append('task-a', 2, newEvents(1));
    await expect(append).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(append).rejects.toMatchObject({ stream: 'task-a', expected: 2, actual: 2 });
  });

  it('gets its own answer whatever order the answers come in', async () => {
    at().double.faults.reorderAnswers(4);
    const streams = ['task-a', 'task-b', 'task-c', 'task-d'];
    const appended = await Promise.all(
      streams.map((stream, i) => store.append(stream, 'no_stream', newEvents(i + 1))),
    );
    const all = await store.readAll();
    for (const [i, { position }] of appended.entries()) {
      const last = all.findLast(({ stream }) => stream === streams[i]);
      expect(last).toMatchObject({ revision: i, position });
    }
  });

  it('that the store still waits for is answered before it closes', async () => {
    at().double.faults.delayAnswers(100);
    const append = store.append('task-a', 'no_stream', newEvents(1));
    const next = store.append('task-a', 0, newEvents(1));
    await store.close();
    expect(await Promise.all([append, next])).toMatchObject([{ revision: 0 }, { revision: 1 }]);
  });
});

describe('what befalls one append', () => {
  it.each(['drop_after', 'silent_before', 'timeout_before', 'wrong_expected_version'] as const)(
    'by %s leaves none of the others unanswered, or wrongly so',
    async (kind) => {
      const uncaught = jest.fn();
      process.on('unhandledRejection', uncaught);
      befalls(kind);
      const streams = Array.from({ length: 64 }, (_, i) => `task-${i}`);
      const outcomes = await Promise.allSettled(
        streams.map((stream) => store.append(stream, 'no_stream', newEvents(1))),
      );
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      // Only a connection that is cut takes along what else was on it.
      if (kind !== 'drop_after') expect(failures).toHaveLength(1);
      const stored = new Set((await store.readAll()).map(({ stream }) => stream));
      for (const [i, outcome] of outcomes.entries())
        if (outcome.status === 'fulfilled') expect(stored).toContain(streams[i]);
        else if (kind !== 'wrong_expected_version')
          expect(outcome.reason).toBeInstanceOf(OutcomeUnknown);
      process.off('unhandledRejection', uncaught);
      expect(uncaught).not.toHaveBeenCalled();
    },
  );

  it('by a server that has enough of all of them leaves each stored once', async () => {
    await store.append('task-first', 'no_stream', newEvents(1));
    befalls('unavailable');
    const streams = Array.from({ length: 64 }, (_, i) => `task-${i}`);
    await Promise.all(streams.map((stream) => store.append(stream, 'no_stream', newEvents(2))));
    const stored = (await store.readAll()).map(({ stream }) => stream);
    expect(stored).toHaveLength(129);
    expect(new Set(stored)).toEqual(new Set(['task-first', ...streams]));
  });

  it('by a server that has enough of all does not say of a stored one that it is not', async () => {
    befalls('silent_after');
    befalls('unavailable', 1_000);
    const [first, second] = await Promise.allSettled(
      ['task-a', 'task-b'].map((stream) => store.append(stream, 'no_stream', newEvents(1))),
    );
    expect(await store.readStream('task-a')).toHaveLength(1);
    expect(first).toMatchObject({ reason: expect.any(OutcomeUnknown) });
    expect(second).toMatchObject({ status: 'rejected' });
  });

  it('by closing another store leaves those of this one under way', async () => {
    const other = await at().open();
    await other.append('task-b', 'no_stream', newEvents(1));
    at().double.faults.delayAnswers(150);
    const append = store.append('task-a', 'no_stream', newEvents(1));
    await until(async () => (await store.readStream('task-a')).length === 1);
    await other.close();
    expect(await append).toMatchObject({ revision: 0 });
  });

  it('by a connection that is cut half way leaves no half of an append', async () => {
    const cuts = setInterval(() => at().double.faults.dropConnections(), 10);
    const streams = Array.from({ length: 60 }, (_, i) => `task-${i}`);
    for (const stream of streams)
      await store.append(stream, 'no_stream', newEvents(40)).catch(() => undefined);
    clearInterval(cuts);
    const found = await Promise.all(streams.map((stream) => store.readStream(stream)));
    for (const events of found) expect([0, 40]).toContain(events.length);
  });

  it('is over with the next: a client that had no answer is replaced', async () => {
    befalls('silent_before', 3);
    const lost = ['task-a', 'task-b', 'task-c'].map((s) =>
      store.append(s, 'no_stream', newEvents(1)),
    );
    await Promise.allSettled(lost);
    expect(await store.append('task-d', 'no_stream', newEvents(1))).toMatchObject({ revision: 0 });
  });
});

describe('a server', () => {
  it('that comes back in time is waited for', async () => {
    await at().double.faults.refuseConnections();
    const read = store.readStream('task-a');
    await until(() => !store.health().isReachable);
    const append = store.append('task-a', 'no_stream', newEvents(1));
    await at().double.faults.acceptConnections();
    await read;
    expect(await append).toMatchObject({ revision: 0 });
    expect(store.health()).toEqual({ isReachable: true });
  });

  it('that does not come back makes the store unavailable, and says why', async () => {
    await at().double.faults.refuseConnections();
    await expect(store.readStream('task-a')).rejects.toBeInstanceOf(StoreUnavailable);
    const append = store.append('task-a', 'no_stream', newEvents(1));
    await expect(append).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(append).rejects.toThrow('ECONNREFUSED');
    expect(store.health()).toMatchObject({ isReachable: false });
  });

  it('that stood still for longer than an answer may take goes on with a new client', async () => {
    at().double.faults.freeze();
    const events = newEvents(1);
    await expect(store.append('task-a', 'no_stream', events)).rejects.toBeInstanceOf(
      OutcomeUnknown,
    );
    expect(store.health()).toMatchObject({ isReachable: false });
    const read = store.readStream('task-b');
    at().double.faults.thaw();
    expect(await read).toEqual([]);
    expect(await store.append('task-a', 'no_stream', events)).toMatchObject({ revision: 0 });
  });

  it('that still stands after it fell silent stored nothing that is asked since', async () => {
    at().double.faults.freeze();
    await expect(store.append('task-a', 'no_stream', newEvents(1))).rejects.toBeInstanceOf(
      OutcomeUnknown,
    );
    await expect(store.append('task-b', 'no_stream', newEvents(1))).rejects.toBeInstanceOf(
      StoreUnavailable,
    );
    at().double.faults.thaw();
    expect(await store.readStream('task-b')).toEqual([]);
  });

  it('that was restarted answers a repeat with the first position', async () => {
    const events = newEvents(3);
    const first = await store.append('task-a', 'no_stream', events);
    await store.append('task-a', 2, newEvents(1));
    await at().double.restart();
    expect(await store.readStream('task-a')).toHaveLength(4);
    expect(await store.append('task-a', 'no_stream', events)).toEqual(first);
    expect(await store.readAll()).toHaveLength(4);
  });
});

describe('a stream that somebody deleted', () => {
  it('for good takes nothing and is named', async () => {
    await store.append('task-a', 'no_stream', newEvents(1));
    await at().others.client.tombstoneStream('ledger.task-a');
    const append = store.append('task-a', 0, newEvents(1));
    await expect(append).rejects.toBeInstanceOf(LogCorrupt);
    await expect(append).rejects.toThrow('task-a was deleted for good');
    await expect(store.readStream('task-a')).rejects.toBeInstanceOf(LogCorrupt);
  });

  it('softly would go on with its revisions: that is no beginning, and is named', async () => {
    await store.append('task-a', 'no_stream', newEvents(3));
    await at().others.client.deleteStream('ledger.task-a');
    const append = store.append('task-a', 'no_stream', newEvents(1));
    await expect(append).rejects.toBeInstanceOf(LogCorrupt);
    await expect(append).rejects.toThrow('what was to stand at 0 stands at 3');
  });
});

describe('what a server keeps of an event', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is its canonical form, to the byte, under the id that it has', async () => {
    const file = join(folder, 'double.db');
    const double = await startEventStoreDouble({ file });
    const kept = await at().open({ connection: double.connection });
    // Objects list keys like these by number; canonical JSON has them by their text.
    const data = { b: '1', a: { 10: 'x', 9: 'y', '': 'é' }, c: [{ 2: '', 1: '', a: '' }] };
    const event = newEvent('', { type: 'Kept', data });
    await kept.append('task-a', 'no_stream', [event]);
    await kept.close();
    await double.stop();
    const database = new DatabaseSync(file, { readOnly: true });
    const row = database.prepare("SELECT id, record FROM events WHERE type = 'Kept'").get()!;
    database.close();
    const bytes = Buffer.from(row['record'] as Uint8Array);
    expect(row['id']).toBe(event.id);
    expect(bytes.includes(canonicalJson(data))).toBe(true);
    expect(bytes.includes(canonicalJson(event.metadata))).toBe(true);
  });
});
