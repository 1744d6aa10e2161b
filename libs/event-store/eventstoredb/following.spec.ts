// Following a server that ends, drops and forgets its subscriptions, as servers do as a matter of
// routine: nothing is skipped, repeated or reordered, and news comes again.
import { setTimeout as pause } from 'node:timers/promises';
import { idsOf, newEvents } from '../contract/log.ts';
import { type EventLogReader, type Place, type RecordedEvent, START } from '../port.ts';
import type { EventStoreDbReader } from './eventstoredb-reader.ts';
import type { EventStoreDbStore } from './eventstoredb-store.ts';
import { onDouble, until } from '../../../test/support/eventstore-logs.ts';

const at = onDouble();
let store: EventStoreDbStore;
let reader: EventStoreDbReader;

beforeEach(async () => {
  store = await at().open();
  reader = await at().openReader();
});

/** Follows until it is stopped; `seen` grows. */
function follow(log: EventLogReader, after: Place = START) {
  const stop = new AbortController();
  const seen: RecordedEvent[] = [];
  const done = (async () => {
    for await (const page of log.follow({ after, signal: stop.signal })) seen.push(...page);
  })();
  return { seen, end: () => (stop.abort(), done) };
}

async function fill(stream: string, appends: number, of = 5): Promise<void> {
  for (let i = 0; i < appends; i += 1)
    await untilStored(stream, i === 0 ? 'no_stream' : i * of - 1, of);
}

/** As the runner does: the same again until it is known to be there. */
async function untilStored(stream: string, expected: number | 'no_stream', of: number) {
  const events = newEvents(of);
  for (;;)
    try {
      return await store.append(stream, expected, events);
    } catch {
      await pause(10);
    }
}

describe('news', () => {
  it('comes of what another process wrote', async () => {
    let told = 0;
    const hush = reader.onNews(() => (told += 1));
    await until(() => told > 0);
    const before = told;
    await store.append('task-a', 'no_stream', newEvents(1));
    await until(() => told > before);
    hush();
    expect(await reader.readAll()).toHaveLength(1);
  });

  it.each([
    ['ends with an error', () => at().double.faults.endSubscriptions('with_error')],
    ['ends silently', () => at().double.faults.endSubscriptions('silently')],
    ['falls behind', () => at().double.faults.fallBehind()],
    ['loses its connection', () => at().double.faults.dropConnections()],
  ])('comes again after its subscription %s', async (_, befall) => {
    let told = 0;
    reader.onNews(() => (told += 1));
    await until(() => told > 0);
    for (let i = 0; i < 3; i += 1) {
      befall();
      const before = told;
      await untilStored(`task-${i}`, 'no_stream', 1);
      await until(() => told > before);
    }
    expect(await reader.readAll()).toHaveLength(3);
  });

  it('comes after a server was restarted', async () => {
    let told = 0;
    reader.onNews(() => (told += 1));
    await until(() => told > 0);
    const before = told;
    await at().double.restart();
    await untilStored('task-a', 'no_stream', 1);
    await until(() => told > before + 1);
    expect(await reader.readAll()).toHaveLength(1);
  });

  it('of other applications does not come', async () => {
    let told = 0;
    reader.onNews(() => (told += 1));
    await until(() => told > 0);
    const before = told;
    await at().others.append('shop-1', 20);
    await store.append('task-a', 'no_stream', newEvents(1));
    await until(() => told > before);
    expect(told - before).toBeLessThan(20);
  });

  it('stops when nobody listens any more', async () => {
    let told = 0;
    const [one, other] = [reader.onNews(() => (told += 1)), reader.onNews(() => undefined)];
    await until(() => told > 0);
    one();
    one();
    const before = told;
    let toldOthers = 0;
    reader.onNews(() => (toldOthers += 1));
    other();
    await store.append('task-a', 'no_stream', newEvents(1));
    await until(() => toldOthers > 0);
    expect(told).toBe(before);
  });
});

describe('a follower', () => {
  it.each([
    [
      'its subscription is ended with an error',
      () => at().double.faults.endSubscriptions('with_error'),
    ],
    ['its subscription is ended silently', () => at().double.faults.endSubscriptions('silently')],
    ['its subscription falls behind', () => at().double.faults.fallBehind()],
    ['connections are cut', () => at().double.faults.dropConnections()],
  ])('sees each event once and in order while %s, again and again', async (_, befall) => {
    const { seen, end } = follow(reader);
    const again = setInterval(befall, 20);
    await Promise.all(['task-a', 'task-b', 'task-c'].map((stream) => fill(stream, 20)));
    clearInterval(again);
    await until(() => seen.length >= 300);
    await end();
    expect(idsOf(seen)).toEqual(idsOf(await store.readAll()));
    expect(seen.map(({ logIndex }) => logIndex)).toEqual(seen.map((_, i) => i));
  });

  it('that is dropped for being slow sees each event once', async () => {
    at().double.faults.slowConsumers(true);
    const { seen, end } = follow(reader);
    await Promise.all(['task-a', 'task-b', 'task-c'].map((stream) => fill(stream, 20)));
    await until(() => seen.length >= 300);
    await end();
    expect(idsOf(seen)).toEqual(idsOf(await store.readAll()));
  });

  it('that is told nothing reads all the same', async () => {
    at().double.faults.slowConsumers(true);
    const { seen, end } = follow(reader);
    await fill('task-a', 3);
    await until(() => seen.length === 15);
    await fill('task-b', 3);
    await until(() => seen.length === 30);
    await end();
    expect(idsOf(seen)).toEqual(idsOf(await store.readAll()));
  });

  it('goes on after a server that stood still', async () => {
    const { seen, end } = follow(reader);
    await fill('task-a', 2);
    await until(() => seen.length === 10);
    at().double.faults.freeze();
    await until(() => !reader.health().isReachable);
    at().double.faults.thaw();
    await fill('task-b', 2);
    await until(() => seen.length === 20);
    await end();
    expect(reader.health()).toEqual({ isReachable: true });
  });

  it('goes on after an outage longer than a read is tried for', async () => {
    const { seen, end } = follow(reader);
    await until(() => reader.health().isReachable);
    await at().double.faults.refuseConnections();
    await expect(reader.readAll()).rejects.toThrow('ECONNREFUSED');
    await at().double.faults.acceptConnections();
    await fill('task-a', 2);
    await until(() => seen.length === 10);
    await end();
  });

  it('ends quietly while the server does not answer', async () => {
    const { end } = follow(reader);
    at().double.faults.freeze();
    await end();
    expect(reader.health()).toEqual({ isReachable: true });
    const refused = follow(reader);
    await until(() => !reader.health().isReachable);
    await refused.end();
    expect(refused.seen).toEqual([]);
  });
});

it('a server that nobody asks is asked by the heartbeat, so that readiness is true', async () => {
  const watched = await at().open(undefined, { heartbeatMs: 20 });
  await at().double.faults.refuseConnections();
  await until(() => !watched.health().isReachable);
  expect(watched.health().message).toMatch(/ECONNREFUSED|dropped|ECONNRESET/);
  await at().double.faults.acceptConnections();
  await until(() => watched.health().isReachable);
});
