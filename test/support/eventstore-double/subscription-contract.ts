// What a subscription of an EventStoreDB server promises: it begins after the place that it names,
// and says what happens to it.
import {
  type EventStoreDBClient,
  excludeSystemEvents,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { newEvents, watch } from './client-side.ts';

export interface Subscribable {
  readonly client: EventStoreDBClient;
  /** New for each test. */
  readonly stream: string;
}

export function subscriptionContract(server: () => Subscribable): void {
  it('begins after a revision of a stream, says when it caught up, and goes on', async () => {
    const { client, stream } = server();
    await client.appendToStream(stream, newEvents(3));
    const seen = watch(client.subscribeToStream(stream, { fromRevision: 0n }));
    await seen.until('caughtUp');
    await client.appendToStream(stream, newEvents(1));
    await seen.until('3');
    await seen.stop();
    expect(seen.happened).toEqual(['confirmation', '1', '2', 'caughtUp', '3']);
  });

  it('says nothing of a stream that is not there, until it is', async () => {
    const { client, stream } = server();
    const seen = watch(client.subscribeToStream(stream, { fromRevision: START }));
    await seen.until('confirmation');
    await client.appendToStream(stream, newEvents(1));
    await seen.until('caughtUp');
    await seen.stop();
    expect(seen.happened).toEqual(['confirmation', '0', 'caughtUp']);
  });

  it('ends when its stream gets a tombstone', async () => {
    const { client, stream } = server();
    await client.appendToStream(stream, newEvents(1));
    const seen = watch(client.subscribeToStream(stream));
    await seen.until('caughtUp');
    await client.tombstoneStream(stream);
    await seen.until('stream-deleted');
    expect(seen.happened.slice(0, 3)).toEqual(['confirmation', '0', 'caughtUp']);
  });

  it('for which nothing matters is told how far it has looked', async () => {
    const { client, stream } = server();
    const { position } = await client.appendToStream(stream, newEvents(1));
    const last = await client.appendToStream(stream, newEvents(40));
    const checkpoints: bigint[] = [];
    const seen = watch(
      client.subscribeToAll({
        fromPosition: position!,
        filter: streamNameFilter({
          ...{ regex: `^nothing-like-${stream}`, maxSearchWindow: 10, checkpointInterval: 2 },
          checkpointReached: async (_, { commit }) => void checkpoints.push(commit),
        }),
      }),
    );
    await seen.until('caughtUp');
    await seen.stop();
    const between = checkpoints.filter((at) => at <= last.position!.commit);
    expect(between).toHaveLength(2);
    expect(checkpoints.map(Number)).toEqual(checkpoints.map(Number).sort((a, b) => a - b));
    expect(between[0]).toBeGreaterThan(position!.commit);
  });

  it('that does not want system events gets none', async () => {
    const { client, stream } = server();
    const { position } = await client.appendToStream(stream, newEvents(1));
    await client.setStreamMetadata(stream, { mine: 'x' });
    await client.appendToStream(stream, newEvents(1));
    const types: string[] = [];
    const filter = excludeSystemEvents();
    const all = client.subscribeToAll({ fromPosition: position!, filter });
    all.on('data', ({ event }) => types.push(event!.type));
    const seen = watch(all);
    await seen.until('caughtUp');
    await seen.stop();
    expect(new Set(types)).toEqual(new Set(['Noted']));
  });

  it('begins after a position of $all', async () => {
    const { client, stream } = server();
    const { position } = await client.appendToStream(stream, newEvents(2));
    await client.appendToStream(stream, newEvents(2));
    const filter = streamNameFilter({ prefixes: [stream] });
    const seen = watch(client.subscribeToAll({ fromPosition: position!, filter }));
    await seen.until('caughtUp');
    await client.appendToStream(stream, newEvents(1));
    await seen.until('4');
    await seen.stop();
    expect(seen.happened).toEqual(['confirmation', '2', '3', 'caughtUp', '4']);
  });
}
