// Reading a log on a server that holds more than the log: what is the server's or another
// application's is passed by, and what must not be there stops the reader by name.
import { LogCorrupt } from '../log-file-errors.ts';
import { idsOf, newEvent, newEvents } from '../contract/log.ts';
import { canonicalText } from '../canonical-event.ts';
import { START } from '../port.ts';
import type { EventStoreDbStore } from './eventstoredb-store.ts';
import { onDouble } from '../../../test/support/eventstore-logs.ts';
import { LogNotAlone } from './log-errors.ts';

const at = onDouble();

describe('a log that shares its server', () => {
  let store: EventStoreDbStore;
  beforeEach(async () => {
    await at().others.append('shop-1', 30);
    store = await at().open();
  });

  it('counts its own events alone', async () => {
    const { others } = at();
    const events = newEvents(4);
    await store.append('task-a', 'no_stream', events.slice(0, 2));
    await others.append('shop-1', 700);
    await store.append('task-b', 'no_stream', events.slice(2));
    await others.append('shop-2', 3);
    const all = await store.readAll();
    expect(idsOf(all)).toEqual(idsOf(events));
    expect(all.map(({ logIndex }) => logIndex)).toEqual([0, 1, 2, 3]);
    expect(await store.head()).toBe(all.at(-1)!.position);
    expect(await store.placeOf(3)).toEqual({ position: all[3]!.position, logIndex: 3 });
    expect(idsOf(await store.readAll({ after: all[0]!, limit: 2 }))).toEqual(
      idsOf(events.slice(1, 3)),
    );
    expect(await store.readAll({ after: all[3]! })).toEqual([]);
  });

  it('goes on from a place that another node counted', async () => {
    await store.append('task-a', 'no_stream', newEvents(5));
    const { position, logIndex } = (await store.readAll())[2]!;
    const other = await at().openReader();
    const after = { position, logIndex };
    expect((await other.readAll({ after })).map((event) => event.logIndex)).toEqual([3, 4]);
  });

  it('passes by the streams of others that were deleted', async () => {
    const { others } = at();
    await others.append('shop-1', 2);
    await others.client.tombstoneStream('shop-1');
    await others.append('shop-2');
    await others.client.deleteStream('shop-2');
    await store.append('task-a', 'no_stream', newEvents(1));
    expect(await store.readAll()).toHaveLength(1);
  });

  it('stops at another ledger whose prefix begins with its own', async () => {
    await store.append('order-s/1', 'no_stream', newEvents(1));
    const other = await at().open({ prefix: 'ledger.demo_' });
    await other.append('order-s/1', 'no_stream', newEvents(1));
    await expect(store.readAll()).rejects.toBeInstanceOf(LogNotAlone);
    await expect(store.readAll()).rejects.toThrow('demo_order-s/1@0');
    expect(await other.readAll()).toHaveLength(1);
  });

  it('stops at what somebody else wrote under its prefix', async () => {
    await store.append('task-a', 'no_stream', newEvents(1));
    await at().others.append('ledger.task-b', 1, { metadata: { user: 'bob' } });
    await expect(store.readAll()).rejects.toBeInstanceOf(LogNotAlone);
    await expect(store.readAll()).rejects.toThrow('task-b@0 (Noted)');
    await expect(store.readStream('task-b')).rejects.toBeInstanceOf(LogNotAlone);
  });

  it('gives a text that shows when its data was not stored in canonical form', async () => {
    await at().others.append('ledger.task-a', 1, { data: { b: 1, a: 2 } });
    const [text] = await store.readAllText();
    expect(text!.data).toBe('{"b":1,"a":2}');
    expect(() => canonicalText(text!)).toThrow('not in canonical form');
  });

  it('is read to its end by type, whatever stands between', async () => {
    await store.append('task-a', 'no_stream', newEvents(3));
    await at().others.append('shop-1', 40);
    await store.append('task-b', 'no_stream', [newEvent('x', { type: 'Closed' })]);
    const found = await store.readAllText({ types: ['Closed'], limit: 1 });
    expect(found).toMatchObject([{ stream: 'task-b', logIndex: 3 }]);
    expect(await store.readAllText({ types: ['Closed'], after: found[0]! })).toEqual([]);
  });
});

describe('a log that is alone on its server', () => {
  let store: EventStoreDbStore;
  beforeEach(async () => {
    store = await at().open({ prefix: '' });
    await store.append('task-a', 'no_stream', newEvents(2));
  });

  it('passes by what is the server’s own', async () => {
    await at().others.client.setStreamMetadata('task-a', { acl: { readRoles: ['finance'] } });
    await at().others.append('$ours-of-the-server', 3);
    expect(await store.readAll()).toHaveLength(2);
  });

  it.each([
    ['an event without the ledger’s metadata', { metadata: {} }],
    ['an event with half of it', { metadata: { actor: 'finance:ada' } }],
    ['an event that is no JSON object', { data: 'text' }],
  ])('stops at %s', async (_, over) => {
    await at().others.append('shop-1', 1, over);
    expect(await store.readAll({ limit: 2 })).toHaveLength(2);
    await expect(store.readAll()).rejects.toBeInstanceOf(LogNotAlone);
    await expect(store.readAll()).rejects.toThrow('shop-1@0 (Noted)');
  });

  it('stops at a stream that was deleted for good, also one of others', async () => {
    await at().others.append('task-theirs');
    await at().others.client.tombstoneStream('task-theirs');
    const after = (await store.readAll({ limit: 3 })).at(-1)!;
    await expect(store.readAll({ after })).rejects.toBeInstanceOf(LogCorrupt);
    await expect(store.readAll({ after })).rejects.toThrow('task-theirs was deleted for good');
  });
});

describe('a stream from which events were cut off', () => {
  it.each([
    ['$maxCount', { maxCount: 2 }],
    ['$tb', { truncateBefore: 3 }],
  ])('by %s is not read as if it began later', async (_, metadata) => {
    const store = await at().open();
    await store.append('task-a', 'no_stream', newEvents(5));
    await at().others.client.setStreamMetadata('ledger.task-a', metadata);
    const read = store.readStream('task-a');
    await expect(read).rejects.toBeInstanceOf(LogCorrupt);
    await expect(read).rejects.toThrow('task-a@0 is missing before task-a@3');
    const backwards = { direction: 'backwards', limit: 2 } as const;
    expect(await store.readStream('task-a', backwards)).toHaveLength(2);
    // Until the server scavenges, the whole log still has them.
    expect(await store.readAll()).toHaveLength(5);
  });

  it('by deleting it is found by the next append, or by what stands behind', async () => {
    const store = await at().open();
    await store.append('task-a', 'no_stream', newEvents(5));
    await at().others.client.deleteStream('ledger.task-a');
    expect(await store.readStream('task-a')).toEqual([]);
    await at().others.append('ledger.task-a');
    await expect(store.readStream('task-a')).rejects.toThrow('task-a@0 is missing before task-a@5');
  });
});

describe('a place', () => {
  it('that is no event of this log is not read on from', async () => {
    const store = await at().open();
    await store.append('task-a', 'no_stream', newEvents(3));
    const { position } = (await store.readAll()).at(-1)!;
    for (const wrong of [position - 1n, position + 1n, position * 2n, 2n ** 62n])
      await expect(store.readAll({ after: { position: wrong, logIndex: 2 } })).rejects.toThrow(
        'it is of another log',
      );
  });

  it('is found by counting from the nearest that is known', async () => {
    const store = await at().open();
    for (let i = 0; i < 5; i += 1)
      await store.append('task-a', i === 0 ? 'no_stream' : i * 500 - 1, newEvents(500));
    const all = await store.readAll({ limit: 2_500 });
    for (const logIndex of [0, 1, 999, 1_000, 1_001, 2_499])
      expect(await store.placeOf(logIndex)).toEqual({
        position: all[logIndex]!.position,
        logIndex,
      });
    const fresh = await at().openReader();
    expect(await fresh.placeOf(2_400)).toEqual(await store.placeOf(2_400));
    expect(await fresh.placeOf(2_500)).toBeUndefined();
  });
});

describe('a read', () => {
  it('that breaks off goes on where it was', async () => {
    const store = await at().open();
    for (let i = 0; i < 20; i += 1)
      await store.append('task-a', i === 0 ? 'no_stream' : i * 100 - 1, newEvents(100));
    const cuts = setInterval(() => at().double.faults.dropConnections(), 15);
    const seen: number[] = [];
    let after = START;
    for (;;) {
      const page = await store.readAll({ after, limit: 150 });
      if (page.length === 0) break;
      seen.push(...page.map(({ logIndex }) => logIndex));
      after = page.at(-1)!;
    }
    clearInterval(cuts);
    expect(seen).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });

  it('of a server that stands still is tried again with a new client', async () => {
    const store = await at().open();
    await store.append('task-a', 'no_stream', newEvents(3));
    at().double.faults.freeze();
    const read = store.readAll();
    setTimeout(() => at().double.faults.thaw(), 900);
    expect(await read).toHaveLength(3);
  });
});
