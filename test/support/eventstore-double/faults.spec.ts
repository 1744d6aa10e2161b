// The faults do what they say, seen through the real client.
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { type EventStoreDouble, startEventStoreDouble } from './double.ts';
import { newEvents, UNARY, watch } from './client-side.ts';

const STREAM = 'task-a';
const WRITE_TIMEOUT_MS = 50;
/** For calls that get no answer. */
const SOON = { deadline: 1_000 };

let double: EventStoreDouble;
let client: EventStoreDBClient;

beforeEach(async () => {
  double = await startEventStoreDouble({ writeTimeoutMs: WRITE_TIMEOUT_MS });
  client = clientOf(double.connection);
});
afterEach(async () => {
  await double.faults.clear();
  await client.dispose();
  await double.stop();
});

const clientOf = (connection: string) => EventStoreDBClient.connectionString(connection);

const append = (options = {}, events = newEvents(1), stream = STREAM) =>
  client.appendToStream(stream, events, { ...UNARY, expectedRevision: NO_STREAM, ...options });

/** Seen by a client of its own, whose connection nothing has befallen. */
async function stored(stream = STREAM): Promise<number> {
  const reader = clientOf(double.connection);
  try {
    return (await reader.readStream(stream).toArray()).length;
  } catch (error) {
    expect(error).toMatchObject({ type: 'stream-not-found' });
    return 0;
  } finally {
    await reader.dispose();
  }
}

describe('the next append', () => {
  it.each([
    ['drop_before', 'unavailable', 0],
    ['drop_after', 'unavailable', 1],
    ['silent_before', 'deadline-exceeded', 0],
    ['silent_after', 'deadline-exceeded', 1],
    ['timeout_before', 'timeout', 0],
    ['timeout_after', 'timeout', 1],
    ['unavailable', 'unavailable', 0],
    ['wrong_expected_version', 'wrong-expected-version', 0],
  ] as const)(
    'gets %s: is %s with %i events stored, and a repeat stores one',
    async (kind, type, n) => {
      const events = newEvents(1);
      double.faults.nextAppends({ kind });
      const how = kind.startsWith('silent') ? SOON : {};
      await expect(append(how, events)).rejects.toMatchObject({ type });
      expect(await stored()).toBe(n);
      expect(await append({}, events)).toMatchObject({ nextExpectedRevision: 0n });
      expect(await stored()).toBe(1);
    },
  );

  it('only so many of them', async () => {
    double.faults.nextAppends({ kind: 'timeout_before' }, 2);
    for (const _ of [1, 2]) await expect(append()).rejects.toMatchObject({ type: 'timeout' });
    await append();
  });

  it('is sent to the leader, where the client goes on', async () => {
    const leader = await startEventStoreDouble();
    double.faults.nextAppends({
      ...{ kind: 'not_leader', leader: { address: '127.0.0.1', port: leader.port } },
    });
    await expect(append()).rejects.toMatchObject({
      ...{ type: 'not-leader', leader: { address: '127.0.0.1', port: leader.port } },
    });
    await append();
    expect(await stored()).toBe(0);
    await leader.stop();
  });
});

describe('a follower', () => {
  it('sends on who requires the leader, and forwards the others to nobody', async () => {
    double.faults.followLeader({ address: '127.0.0.1', port: 1 });
    await expect(append()).rejects.toMatchObject({ type: 'timeout' });
    await expect(append({ requiresLeader: true })).rejects.toMatchObject({ type: 'not-leader' });
    expect(await stored()).toBe(0);
  });

  it('names its leader to who looks for one', async () => {
    const leader = await startEventStoreDouble();
    double.faults.followLeader({ address: '127.0.0.1', port: leader.port });
    // The client draws lots between nodes that are as good as one another.
    for (let i = 0; i < 8; i += 1) {
      const looking = clientOf(double.connection.replace('esdb:', 'esdb+discover:'));
      await looking.appendToStream(STREAM, newEvents(1), { ...UNARY, requiresLeader: true });
      await looking.dispose();
    }
    expect(await stored()).toBe(0);
    await leader.stop();
  });
});

describe('answers', () => {
  it('come late, when the event can be read already', async () => {
    double.faults.delayAnswers(60_000);
    let isAnswered = false;
    const answer = append({ deadline: 50_000 }).then(() => (isAnswered = true));
    while ((await stored()) === 0) expect(isAnswered).toBe(false);
    expect(isAnswered).toBe(false);
    await double.faults.clear();
    await answer;
  });

  it('come in another order', async () => {
    double.faults.reorderAnswers(3);
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2].map((i) => append({}, newEvents(1), `task-${i}`).then(() => order.push(i))),
    );
    expect(order).toEqual([2, 1, 0]);
  });

  it('do not come to a repeat whose original is not committed', async () => {
    const events = newEvents(1);
    const answers = await Promise.allSettled([append({}, events), append({}, events)]);
    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { type: 'timeout' } },
    ]);
    expect(await stored()).toBe(1);
  });
});

describe('a subscription', () => {
  it.each([
    ['with_error', 'timeout'],
    ['silently', 'end'],
  ] as const)('is ended %s', async (how, what) => {
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('confirmation');
    double.faults.endSubscriptions(how);
    await seen.until(what);
    expect(seen.happened).toEqual(['confirmation', what]);
  });

  it('is dropped when its consumer is slow and more than 32 events wait', async () => {
    await append();
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('caughtUp');
    double.faults.slowConsumers(true);
    await append({ expectedRevision: 0n }, newEvents(32));
    expect(await client.readStream(STREAM).toArray()).toHaveLength(33);
    expect(seen.happened).toEqual(['confirmation', '0', 'caughtUp']);
    await append({ expectedRevision: 32n });
    await seen.until('timeout');
    expect(seen.happened).toEqual(['confirmation', '0', 'caughtUp', 'timeout']);
  });

  it('falls behind and catches up, and sees no event twice', async () => {
    await append({}, newEvents(3));
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('caughtUp');
    double.faults.fallBehind();
    await seen.until('caughtUp', 2);
    await append({ expectedRevision: 2n });
    await seen.until('3');
    await seen.stop();
    expect(seen.happened).toEqual([
      'confirmation',
      '0',
      '1',
      '2',
      'caughtUp',
      'fellBehind',
      'caughtUp',
      '3',
    ]);
  });

  it('gets everything in order, however fast it comes', async () => {
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('confirmation');
    for (let last = -1n; last < 999n; last += 10n)
      await append({ expectedRevision: last < 0n ? NO_STREAM : last }, newEvents(10));
    await seen.until('999');
    await seen.stop();
    const revisions = seen.happened.filter((it) => /^\d/.test(it));
    expect(revisions).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)));
  });
});

describe('a connection', () => {
  it('is cut', async () => {
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('confirmation');
    double.faults.dropConnections();
    await seen.until('unavailable');
    expect(await stored()).toBe(0);
  });

  it('is refused, until it is accepted again', async () => {
    await append();
    await double.faults.refuseConnections();
    await expect(append({ expectedRevision: 0n })).rejects.toBeDefined();
    await double.faults.acceptConnections();
    expect(await stored()).toBe(1);
  });

  it('freezes and thaws: nothing is answered meanwhile, and nothing is lost', async () => {
    const seen = watch(client.subscribeToStream(STREAM));
    await seen.until('confirmation');
    double.faults.freeze();
    await expect(append(SOON)).rejects.toMatchObject({ type: 'deadline-exceeded' });
    double.faults.thaw();
    await append({ expectedRevision: 'any' });
    await seen.until('caughtUp');
    await seen.stop();
  });
});

describe('the batch that the appends of a client share', () => {
  const inBatch = (stream: string) =>
    client.appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM });

  it('ends for all of them when one is not for the leader', async () => {
    await inBatch('task-0');
    double.faults.nextAppends({
      ...{ kind: 'not_leader', leader: { address: '127.0.0.1', port: double.port } },
    });
    const appends = ['task-1', 'task-2', 'task-3'].map(inBatch);
    for (const outcome of await Promise.allSettled(appends))
      expect(outcome).toMatchObject({ reason: { type: 'not-leader' } });
  });

  it('goes on with the others when one is refused', async () => {
    double.faults.nextAppends({ kind: 'timeout_before' });
    const outcomes = await Promise.allSettled(['task-1', 'task-2'].map(inBatch));
    outcomes.sort((a, b) => a.status.localeCompare(b.status));
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { reason: { type: 'deadline-exceeded' } },
    ]);
  });
});
