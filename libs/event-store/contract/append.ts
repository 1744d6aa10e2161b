// Appending: exact revisions, all or nothing, and the first answer for a repeat.
import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  StoreUnavailable,
  WrongExpectedRevision,
} from '../port.ts';
import { emptyLogs, idsOf, newEvent, newEvents, type OpenLog } from './log.ts';

export function appendContract(open: OpenLog): void {
  describe('an expected revision', () => expectedRevisions(open));
  describe('the same append again', () => repeats(open));
  describe('an append', () => appends(open));
}

function expectedRevisions(open: OpenLog): void {
  const log = emptyLogs(open);

  it('of no stream begins a stream at revision 0', async () => {
    const { store } = log();
    expect(await store.append('task-a', 'no_stream', newEvents(3))).toMatchObject({
      revision: 0,
    });
    expect((await store.readStream('task-a')).map((e) => e.revision)).toEqual([0, 1, 2]);
  });

  it('of the last event appends after it', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(3));
    expect(await store.append('task-a', 2, newEvents(1))).toMatchObject({ revision: 3 });
  });

  it.each([
    ['no stream, where there is one', 'no_stream', 1],
    ['an earlier event', 0, 1],
    ['an event that is not there yet', 2, 1],
  ] as const)('of %s is refused, naming where the stream is', async (_, expected, actual) => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(2));
    const append = store.append('task-a', expected, newEvents(1));
    await expect(append).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(append).rejects.toMatchObject({ stream: 'task-a', expected, actual });
    expect(await store.readStream('task-a')).toHaveLength(2);
  });

  it('of an event in a stream that does not exist is refused', async () => {
    const append = log().store.append('task-a', 0, newEvents(1));
    await expect(append).rejects.toMatchObject({ actual: 'no_stream' });
    expect(await log().store.readAll()).toEqual([]);
  });

  it('lets exactly one of many writers at the same place through', async () => {
    const { store } = log();
    const appends = newEvents(20).map((event) => store.append('task-a', 'no_stream', [event]));
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.readStream('task-a')).toHaveLength(1);
  });
}

function repeats(open: OpenLog): void {
  const log = emptyLogs(open);

  it('gets the first answer and stores nothing', async () => {
    const { store } = log();
    await store.append('task-a', 'no_stream', newEvents(1));
    const events = newEvents(3);
    const first = await store.append('task-a', 0, events);
    await store.append('task-a', 3, newEvents(2));
    await store.append('task-b', 'no_stream', newEvents(2));
    expect(await store.append('task-a', 0, events)).toEqual(first);
    expect(await store.readAll()).toHaveLength(8);
  });

  it('gets the first answer when both come at once', async () => {
    const { store } = log();
    const events = newEvents(2);
    const [first, second] = await Promise.all([
      store.append('task-a', 'no_stream', events),
      store.append('task-a', 'no_stream', events),
    ]);
    expect(second).toEqual(first);
    expect(await store.readAll()).toHaveLength(2);
  });

  it('with other events among them is refused whole', async () => {
    const { store } = log();
    const events = newEvents(2);
    await store.append('task-a', 'no_stream', events);
    const mixed = store.append('task-a', 'no_stream', [events[0]!, newEvent()]);
    await expect(mixed).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await store.readAll()).toHaveLength(2);
  });

  it('with further events after them is refused whole', async () => {
    const { store } = log();
    const events = newEvents(2);
    await store.append('task-a', 'no_stream', events);
    const longer = store.append('task-a', 'no_stream', [...events, newEvent()]);
    await expect(longer).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await store.readAll()).toHaveLength(2);
  });

  it('to another stream is another append', async () => {
    const { store } = log();
    const events = newEvents(1);
    await store.append('task-a', 'no_stream', events);
    await store.append('task-b', 'no_stream', events);
    expect(idsOf(await store.readStream('task-b'))).toEqual(idsOf(events));
  });
}

function appends(open: OpenLog): void {
  const log = emptyLogs(open);

  it('takes effect in the order of the calls', async () => {
    const { store } = log();
    const events = newEvents(5);
    const calls = events.map((event, i) =>
      store.append('task-a', i === 0 ? 'no_stream' : i - 1, [event]),
    );
    await Promise.all(calls);
    expect(idsOf(await store.readStream('task-a'))).toEqual(idsOf(events));
  });

  it('that is refused takes no other append of the moment with it', async () => {
    const { store } = log();
    const outcomes = await Promise.allSettled([
      store.append('task-a', 'no_stream', newEvents(1)),
      store.append('task-a', 7, newEvents(1)),
      store.append('task-b', 'no_stream', newEvents(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.readAll()).toHaveLength(2);
  });

  it('larger than the limit is refused whole', async () => {
    const { store } = log();
    const half = newEvent('x'.repeat(MAX_APPEND_BYTES / 2));
    const append = store.append('task-a', 'no_stream', [
      half,
      newEvent('x'.repeat(MAX_APPEND_BYTES / 2)),
    ]);
    await expect(append).rejects.toBeInstanceOf(AppendTooLarge);
    expect(await store.readAll()).toEqual([]);
    await store.append('task-a', 'no_stream', [half]);
  });

  it('counts its size in bytes, not in characters', async () => {
    const note = 'é'.repeat(MAX_APPEND_BYTES / 2);
    const append = log().store.append('task-a', 'no_stream', [newEvent(note)]);
    await expect(append).rejects.toBeInstanceOf(AppendTooLarge);
  });

  it('after the store was closed is refused', async () => {
    const { store } = log();
    await store.close();
    const append = store.append('task-a', 'no_stream', newEvents(1));
    await expect(append).rejects.toBeInstanceOf(StoreUnavailable);
  });
}
