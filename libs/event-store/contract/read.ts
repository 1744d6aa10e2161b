// Reading: exactly what was appended, in order, by stream and over the whole log.
import { randomUUID } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { Metadata } from '#ledger/metadata.ts';
import { type NewEvent, NO_POSITION, type Place, START, StoreUnavailable } from '../port.ts';
import { emptyLogs, idsOf, metadata, newEvent, newEvents, type OpenLog } from './log.ts';

/** Each is a form that an event may have, the usual and the unusual. */
const forms: readonly (readonly [string, Partial<NewEvent>])[] = [
  ['nested data', { data: { b: [1, { c: null, a: true }], a: { z: -0.5, y: '' } } }],
  ['text of all kinds', { data: { note: 'é"\\\n\u0000\u2028😀', '\ud83d\ude00': 'key' } }],
  ['numbers at their limits', { data: { n: [2 ** 53 - 1, -(2 ** 53 - 1), 1e21, 5e-324] } }],
  ['no data', { data: {} }],
  ['an id in upper case', { id: randomUUID().toUpperCase() }],
  ['an event caused by its own request', { metadata: sameCause() }],
  ['a correlation id in upper case', { metadata: over({ correlationId: upper() }) }],
  ['a causation id in upper case', { metadata: over({ causationId: upper() }) }],
  ['a key', { metadata: over({ idempotencyKey: 'pay/once', requestHash: 'ab'.repeat(32) }) }],
  ['a key that is a UUID', { metadata: over({ idempotencyKey: randomUUID() }) }],
  ['a key that is a UUID in upper case', { metadata: over({ idempotencyKey: upper() }) }],
  [
    'a time at the end of its range',
    { metadata: over({ recordedAt: '2999-12-31T23:59:59.999Z' }) },
  ],
];

function over(part: Partial<Metadata>): Metadata {
  return { ...metadata, ...part };
}

function sameCause(): Metadata {
  return over({ causationId: metadata.correlationId });
}

function upper(): string {
  return randomUUID().toUpperCase();
}

function factOf<E extends NewEvent>({ id: _id, metadata: _metadata, ...fact }: E) {
  return fact;
}

export function readContract(open: OpenLog): void {
  describe('an event read back', () => eventsReadBack(open));
  describe('a stream', () => streams(open));
  describe('the log', () => {
    wholeLog(open);
    logThatEnds(open);
  });
}

function eventsReadBack(open: OpenLog): void {
  const log = emptyLogs(open);

  it.each(forms)('is what was appended: %s', async (_, form) => {
    const { store } = log();
    const event = newEvent('x', form);
    await store.append('order-s/1', 'no_stream', [event]);
    const stored = { ...event, stream: 'order-s/1', revision: 0 };
    expect(await store.readStream('order-s/1')).toMatchObject([stored]);
    expect(await store.readAll()).toMatchObject([{ ...stored, logIndex: 0 }]);
    expect(await store.readAllFacts()).toMatchObject([{ ...factOf(stored), logIndex: 0 }]);
    const [text] = await store.readAllText();
    expect(text).toMatchObject({ ...stored, data: canonicalJson(event.data) });
  });

  it('has its data in canonical order', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', [newEvent('x', { data: { b: 1, a: 2 } })]);
    const [event] = await store.readStream('task-a');
    expect(Object.keys(event!.data)).toEqual(['a', 'b']);
  });

  it('leaves out what was undefined', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', [newEvent('x', { data: { a: 1, b: undefined } })]);
    const [event] = await store.readStream('task-a');
    expect(Object.keys(event!.data)).toEqual(['a']);
  });
}

function streams(open: OpenLog): void {
  const log = emptyLogs(open);

  it('that does not exist has no events', async () => {
    expect(await log().store.readStream('task-a')).toEqual([]);
    expect(await log().store.readStream('task-a', { direction: 'backwards' })).toEqual([]);
  });

  it.each([
    ['forwards from the start', {}, [0, 1, 2, 3, 4]],
    ['forwards from a revision', { from: 3 }, [3, 4]],
    ['forwards from behind its end', { from: 5 }, []],
    ['forwards up to a limit', { from: 1, limit: 2 }, [1, 2]],
    ['backwards from the end', { direction: 'backwards' }, [4, 3, 2, 1, 0]],
    ['backwards from a revision', { direction: 'backwards', from: 1 }, [1, 0]],
    ['backwards up to a limit', { direction: 'backwards', limit: 1 }, [4]],
  ] as const)('is read %s', async (_, read, revisions) => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(3));
    await store.append('task-b', 'no_stream', newEvents(3));
    await store.append('task-a', 2, newEvents(2));
    const events = await store.readStream('task-a', read);
    expect(events.map(({ revision }) => revision)).toEqual(revisions);
  });

  it('is not mistaken for one whose name begins alike', async () => {
    const { store } = log();
    await store.append('order-s/10', 'no_stream', newEvents(1));
    expect(await store.readStream('order-s/1')).toEqual([]);
  });
}

function wholeLog(open: OpenLog): void {
  const log = emptyLogs(open);

  it('that is empty begins before the first event', async () => {
    expect(await log().store.head()).toBe(NO_POSITION);
    expect(await log().store.readAll()).toEqual([]);
  });

  it('counts its events from 0 and orders their positions', async () => {
    const { store } = log();
    const streams = ['task-a', 'task-b', 'task-c'];
    await Promise.all(streams.map((stream) => store.append(stream, 'no_stream', newEvents(3))));
    const events = await store.readAll();
    expect(events.map(({ logIndex }) => logIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const positions = events.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
    expect(await store.head()).toBe(positions.at(-1));
  });

  it('is read on after a position, in pages', async () => {
    const { store } = log();
    const events = newEvents(7);
    await store.append('task-a', 'no_stream', events);
    const first = await store.readAll({ limit: 3 });
    const second = await store.readAll({ after: first.at(-1)!, limit: 3 });
    const third = await store.readAll({ after: second.at(-1)!, limit: 3 });
    expect(idsOf([...first, ...second, ...third])).toEqual(idsOf(events));
    expect(await store.readAll({ after: third.at(-1)! })).toEqual([]);
  });

  it('is read as facts: the same events in the same pages, without their envelopes', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(70));
    await store.append('task-b', 'no_stream', newEvents(70));
    const events = (await store.readAll()).map(factOf);
    const first = await store.readAllFacts({ limit: 100 });
    const second = await store.readAllFacts({ after: first.at(-1)!, limit: 100 });
    expect(first).toHaveLength(100);
    expect([...first, ...second]).toMatchObject(events);
    expect(await store.readAllFacts({ after: second.at(-1)! })).toEqual([]);
  });

  it('holds an append where it was acknowledged to be', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(2));
    const { position } = await store.append('task-b', 'no_stream', newEvents(2));
    expect((await store.readAll()).at(-1)).toMatchObject({ position, stream: 'task-b' });
  });

  it('is read as text by type, in order', async () => {
    const { store } = log();
    const types = ['Opened', 'Noted', 'Closed', 'Noted'];
    const events = types.map((type) => newEvent('x', { type }));
    await store.append('task-a', 'no_stream', events);
    const found = await store.readAllText({ types: ['Closed', 'Opened', 'Unknown'] });
    expect(found.map(({ logIndex }) => logIndex)).toEqual([0, 2]);
    expect(await store.readAllText({ types: ['Noted'], limit: 1 })).toHaveLength(1);
  });
}

function logThatEnds(open: OpenLog): void {
  const log = emptyLogs(open);

  it('gives fewer events at once when they are large, and none only at its end', async () => {
    const { store } = log();
    const large = () => [newEvent('x'.repeat(700_000))];
    for (let i = 0; i < 20; i += 1)
      await store.append('task-a', i === 0 ? 'no_stream' : i - 1, large());
    const indexes: number[] = [];
    let after: Place = START;
    for (;;) {
      const page = await store.readAll({ after });
      if (page.length === 0) break;
      expect(page.length).toBeLessThan(20);
      indexes.push(...page.map(({ logIndex }) => logIndex));
      after = page.at(-1)!;
    }
    expect(indexes).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect((await store.readStream('task-a')).length).toBeLessThan(20);
    expect((await store.readAllText()).length).toBeLessThan(20);
  });

  it('says where the event with a logIndex stands', async () => {
    const { store } = log();
    expect(await store.placeOf(0)).toBeUndefined();
    await store.append('task-a', 'no_stream', newEvents(2));
    await store.append('task-b', 'no_stream', newEvents(2));
    const all = await store.readAll();
    expect(await store.placeOf(-1)).toEqual(START);
    for (const { position, logIndex } of all)
      expect(await store.placeOf(logIndex)).toEqual({ position, logIndex });
    expect(await store.placeOf(4)).toBeUndefined();
  });

  it('is the same log when it is opened again', async () => {
    const { store, reopen } = log();
    await store.append('task-a', 'no_stream', newEvents(2));
    if (reopen === undefined) return;
    const { logId } = store;
    const before = await store.readAll();
    const again = await reopen();
    expect(again.logId).toBe(logId);
    expect(await again.readAll()).toEqual(before);
    await again.append('task-a', 1, newEvents(1));
    expect((await again.readAll()).map(({ logIndex }) => logIndex)).toEqual([0, 1, 2]);
  });

  it('has an id of its own', async () => {
    const other = await open();
    expect(other.store.logId).not.toBe(log().store.logId);
    await other.remove();
  });

  it('cannot be read after the store was closed', async () => {
    const { store } = log();
    await store.close();
    await expect(store.readAll()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.readStream('task-a')).rejects.toBeInstanceOf(StoreUnavailable);
  });
}
