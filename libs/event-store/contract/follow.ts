// Following: what is there, then what comes, without a gap, until the follower stops.
import type { EventStore, Place, RecordedEvent } from '../port.ts';
import { START } from '../port.ts';
import { emptyLogs, idsOf, newEvents, type OpenLog } from './log.ts';

/** Follows until it has seen `count` events. */
async function followed(
  store: EventStore,
  count: number,
  after: Place = START,
): Promise<readonly RecordedEvent[]> {
  const stop = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const events of store.follow({ after, signal: stop.signal })) {
    seen.push(...events);
    if (seen.length >= count) stop.abort();
  }
  return seen;
}

export function followContract(open: OpenLog): void {
  describe('a follower', () => {
    eventsFollowed(open);
    followersThatEnd(open);
  });
}

function eventsFollowed(open: OpenLog): void {
  const log = emptyLogs(open);

  it('gets what is there and then what comes', async () => {
    const { store } = log();
    const [there, later] = [newEvents(3), newEvents(3)];
    await store.append('task-a', 'no_stream', there);
    const seen = followed(store, 6);
    await store.append('task-b', 'no_stream', later);
    expect(idsOf(await seen)).toEqual(idsOf([...there, ...later]));
  });

  it('begins after the place that it names', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(2));
    const there = (await store.readAll()).at(-1)!;
    const later = newEvents(2);
    await store.append('task-a', 1, later);
    expect(idsOf(await followed(store, 2, there))).toEqual(idsOf(later));
  });

  it('neither skips nor repeats nor reorders while others write', async () => {
    const { store } = log();
    const writer = async (stream: string) => {
      for (let i = 0; i < 40; i += 1)
        await store.append(stream, i === 0 ? 'no_stream' : i * 2 - 1, newEvents(2));
    };
    const [seen] = await Promise.all([
      followed(store, 320),
      ...['task-a', 'task-b', 'task-c', 'task-d'].map(writer),
    ]);
    expect(seen.map(({ logIndex }) => logIndex)).toEqual(seen.map((_, i) => i));
    expect(idsOf(seen)).toEqual(idsOf(await store.readAll()));
  });

  it('sees many pages in order', async () => {
    const { store } = log();
    const events = newEvents(2_500);
    await store.append('task-a', 'no_stream', events.slice(0, 1_250));
    await store.append('task-a', 1_249, events.slice(1_250));
    expect(idsOf(await followed(store, 2_500))).toEqual(idsOf(events));
  });
}

function followersThatEnd(open: OpenLog): void {
  const log = emptyLogs(open);

  it('ends quietly when it is stopped while it waits', async () => {
    const stop = new AbortController();
    const follower = log().store.follow({ after: START, signal: stop.signal });
    const next = follower[Symbol.asyncIterator]().next();
    setTimeout(() => stop.abort(), 5);
    expect(await next).toMatchObject({ done: true });
  });

  it('fails loudly when its position is beyond the end of the log', async () => {
    const { store } = log();
    const { position } = await store.append('task-a', 'no_stream', newEvents(1));
    await expect(followed(store, 1, { position: position + 5n, logIndex: 5 })).rejects.toThrow(
      'beyond the end',
    );
  });
}
