// What this ledger relies on an EventStoreDB server for, call by call through the real client. The
// double and a real server pass it alike: that is what makes the double worth testing on. Calls
// with credentials are unary, calls without go through the client's shared batch.
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  type AllStreamRecordedEvent,
  type AppendToStreamOptions,
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  STREAM_EXISTS,
} from '@eventstore/db-client';
import { newEvents, UNARY } from './client-side.ts';
import { subscriptionContract } from './subscription-contract.ts';

const MAX_APPEND_BYTES = 1024 * 1024;

/** @param connection called once the server is there */
export function serverContract(name: string, connection: () => string): void {
  describe(`an EventStoreDB server: ${name}`, () => {
    let client: EventStoreDBClient;
    let stream: string;

    beforeAll(() => {
      client = EventStoreDBClient.connectionString(connection());
    });
    beforeEach(() => {
      stream = `contract-${randomUUID()}`;
    });
    afterAll(() => client.dispose());

    const revisionsOf = async (name: string, options = {}) => {
      const revisions: bigint[] = [];
      for await (const { event } of client.readStream(name, options))
        revisions.push(event!.revision);
      return revisions.map(Number);
    };
    // Read to their ends: the client does not get rid of a read that is broken off.
    const newest = async (count: number) => {
      const options = { fromPosition: END, direction: BACKWARDS, maxCount: count } as const;
      return (await client.readAll(options).toArray()).map(({ event }) => event!);
    };
    const lastOfAll = async () => ((await newest(1))[0] as AllStreamRecordedEvent).position;

    describe.each([
      ['a unary append', UNARY],
      ['an append in the batch', {}],
    ])('%s', (_, how: AppendToStreamOptions) => {
      const append = (
        events: ReturnType<typeof newEvents>,
        expectedRevision: AppendToStreamOptions['expectedRevision'],
      ) => client.appendToStream(stream, events, { ...how, expectedRevision: expectedRevision! });

      it('is answered with the last revision and the position of the last event', async () => {
        const { nextExpectedRevision, position } = await append(newEvents(2), NO_STREAM);
        expect(nextExpectedRevision).toBe(1n);
        expect(position).toEqual(await lastOfAll());
      });

      it.each([
        ['no stream where there is one', NO_STREAM],
        ['an earlier revision', 0n],
        ['a later revision', 7n],
      ] as const)('of %s is refused, naming where the stream is', async (_case, expected) => {
        await append(newEvents(2), NO_STREAM);
        await expect(append(newEvents(1), expected)).rejects.toMatchObject({
          ...{ type: 'wrong-expected-version', streamName: stream },
          ...{ expectedVersion: expected, actualVersion: 1n },
        });
      });

      it.each([0n, STREAM_EXISTS] as const)(
        'at %s of a stream that is not there is refused',
        async (at) => {
          await expect(append(newEvents(1), at)).rejects.toMatchObject({
            ...{ type: 'wrong-expected-version', expectedVersion: at, actualVersion: 'no_stream' },
          });
        },
      );

      it('of the same ids where they are gets the first answer', async () => {
        await append(newEvents(1), NO_STREAM);
        const events = newEvents(3);
        const first = await append(events, 0n);
        await append(newEvents(2), 3n);
        expect(await append(events, 0n)).toEqual(first);
        expect(await revisionsOf(stream)).toHaveLength(6);
      });

      it('of the same ids at the end is another append', async () => {
        const events = newEvents(1);
        await append(events, NO_STREAM);
        expect(await append(events, 0n)).toMatchObject({ nextExpectedRevision: 1n });
      });

      it('of old and new ids together is refused', async () => {
        const events = newEvents(2);
        await append(events, NO_STREAM);
        for (const mixed of [
          [events[0]!, ...newEvents(1)],
          [...events, ...newEvents(1)],
        ])
          await expect(append(mixed, NO_STREAM)).rejects.toMatchObject({
            type: 'wrong-expected-version',
          });
      });

      it('at any revision knows the ids it has just stored', async () => {
        const events = newEvents(2);
        const first = await append(events, 'any');
        expect(await append(events, STREAM_EXISTS)).toEqual(first);
        await expect(append([events[0]!, ...newEvents(1)], 'any')).rejects.toMatchObject({
          type: 'wrong-expected-version',
        });
      });

      it('of more than 1 MiB of data is refused, and harms no other', async () => {
        const exactly = jsonEvent({ type: 'T', data: 'x'.repeat(MAX_APPEND_BYTES - 2) as any });
        const more = jsonEvent({ type: 'T', data: 'x'.repeat(MAX_APPEND_BYTES - 1) as any });
        await append([exactly as any], NO_STREAM);
        const [refused, other] = await Promise.allSettled([
          append([more as any], 0n),
          client.appendToStream(`${stream}-b`, newEvents(1), how),
        ]);
        expect(refused).toMatchObject({
          reason: { type: 'maximum-append-size-exceeded', maxAppendSize: MAX_APPEND_BYTES },
        });
        expect(other).toMatchObject({ status: 'fulfilled' });
      });

      it('after a soft delete goes on with the revisions', async () => {
        await append(newEvents(3), NO_STREAM);
        await client.deleteStream(stream);
        await expect(revisionsOf(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
        await expect(append(newEvents(1), STREAM_EXISTS)).rejects.toMatchObject({
          type: 'stream-deleted',
        });
        expect(await append(newEvents(1), NO_STREAM)).toMatchObject({ nextExpectedRevision: 3n });
        // The append is answered before what makes the stream visible again is stored.
        while ((await revisionsOf(stream).catch(() => [])).length === 0) await setImmediate();
        expect(await revisionsOf(stream)).toEqual([3]);
        expect(await client.getStreamMetadata(stream)).toMatchObject({
          metadata: { truncateBefore: 3 },
        });
      });

      it('after a tombstone is refused for ever', async () => {
        await append(newEvents(1), NO_STREAM);
        await client.tombstoneStream(stream, { expectedRevision: 0n });
        const deleted = { type: 'stream-deleted', streamName: stream };
        await expect(append(newEvents(1), 0n)).rejects.toMatchObject(deleted);
        await expect(revisionsOf(stream)).rejects.toMatchObject(deleted);
        await expect(client.tombstoneStream(stream)).rejects.toMatchObject(deleted);
        const tombstone = (await newest(500)).find(({ streamId }) => streamId === stream);
        expect(tombstone).toMatchObject({ type: '$streamDeleted', revision: 2n ** 63n - 1n });
      });
    });

    it('deletes only at the revision that is expected', async () => {
      await client.appendToStream(stream, newEvents(2));
      await expect(client.deleteStream(stream, { expectedRevision: 0n })).rejects.toMatchObject({
        ...{ type: 'wrong-expected-version', expectedVersion: 0n, actualVersion: 1n },
      });
      await expect(client.deleteStream(`${stream}-none`)).rejects.toMatchObject({
        type: 'wrong-expected-version',
      });
      expect(await client.deleteStream(stream, { expectedRevision: 1n })).toHaveProperty(
        'position.commit',
      );
    });

    it('keeps the bytes and says what they are, and writes ids in lower case', async () => {
      const data = Buffer.from([0, 255, 1]);
      const id = randomUUID();
      const content = { type: 'Jöson', data: { amount: '12' }, metadata: { a: [1] } };
      const json = jsonEvent({ ...content, id: id.toUpperCase() });
      await client.appendToStream(stream, [json, binaryEvent({ type: 'Bytes', data })]);
      const events: any[] = [];
      for await (const { event } of client.readStream(stream)) events.push(event);
      expect(events).toMatchObject([
        { ...content, id, isJson: true },
        { type: 'Bytes', isJson: false, data: new Uint8Array(data) },
      ]);
      expect(Math.abs(events[0].created.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it('reads a stream from either side', async () => {
      await client.appendToStream(stream, newEvents(400));
      const all = Array.from({ length: 400 }, (_, i) => i);
      expect(await revisionsOf(stream)).toEqual(all);
      const backwards = { direction: BACKWARDS, fromRevision: END };
      expect(await revisionsOf(stream, backwards)).toEqual(all.toReversed());
      expect(await revisionsOf(stream, { fromRevision: 390n, maxCount: 3 })).toEqual(
        all.slice(390, 393),
      );
      const from = { direction: BACKWARDS, fromRevision: 5n, maxCount: 3 };
      expect(await revisionsOf(stream, from)).toEqual([5, 4, 3]);
      expect(await revisionsOf(stream, { fromRevision: 400n })).toEqual([]);
      await expect(revisionsOf(`${stream}-none`)).rejects.toMatchObject({
        type: 'stream-not-found',
      });
    });

    it('leaves out what the metadata of a stream hides, except from $all', async () => {
      const before = await lastOfAll();
      for (const maxCount of [2, 3]) await client.setStreamMetadata(stream, { maxCount });
      expect(await revisionsOf(`$$${stream}`)).toEqual([1]);
      await client.appendToStream(stream, newEvents(6));
      expect(await revisionsOf(stream)).toEqual([3, 4, 5]);
      expect(await revisionsOf(stream, { fromRevision: END, direction: BACKWARDS })).toEqual([
        5, 4, 3,
      ]);
      let inAll = 0;
      for await (const { event } of client.readAll({ fromPosition: before }))
        if (event!.streamId === stream) inAll += 1;
      expect(inAll).toBe(6);
    });

    it('keeps metadata that two write at no stream once', async () => {
      const own = (logId: string) => {
        return client.setStreamMetadata(stream, { logId }, { expectedRevision: NO_STREAM });
      };
      await own('first');
      await expect(own('second')).rejects.toMatchObject({ type: 'wrong-expected-version' });
      expect(await client.getStreamMetadata(stream)).toMatchObject({
        metadata: { logId: 'first' },
      });
      await expect(revisionsOf(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('shows $all in order and whole, from a position inclusive', async () => {
      const { position } = await client.appendToStream(stream, newEvents(1));
      await client.setStreamMetadata(stream, { maxAge: 1_000_000 });
      await client.appendToStream(stream, newEvents(1));
      const seen: any[] = [];
      for await (const { event } of client.readAll({ fromPosition: position! }))
        if (event!.streamId.includes(stream)) seen.push(event);
      expect(seen.map(({ streamId }) => streamId)).toEqual([stream, `$$${stream}`, stream]);
      const places = seen.map((event) => event.position.commit);
      expect(places[0]).toBe(position!.commit);
      expect(places.map(Number)).toEqual(places.map(Number).sort((a, b) => a - b));
      // Like offsets: no two are next to one another, and a place inside a record is none.
      expect(places[2] - places[1]).toBeGreaterThan(50n);
      const inside = places[1] + 1n;
      const reading = client.readAll({ fromPosition: { commit: inside, prepare: inside } });
      await expect(reading.toArray()).rejects.toMatchObject({ type: 'unknown' });
    });

    describe('a subscription', () => subscriptionContract(() => ({ client, stream })));
  });
}
