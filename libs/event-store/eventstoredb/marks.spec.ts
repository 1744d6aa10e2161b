// What stands beside the events on a server: what nodes agree on, and what somebody else set. The
// other side is the plain client, as an operator's tools would use it.
import { EventStoreDBClient } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../../../test/support/eventstore-double/double.ts';
import { LogMoved, LogUnderCopy } from '../log-marks.ts';
import { type EventStoreDbSource, openMarkedStore, openEventStore } from '../log-source.ts';
import type { EventStoreDbStore } from './eventstoredb-store.ts';
import { openEventStoreDb } from './open.ts';

const id = randomUUID();
const recordedAt = '2026-01-01T00:00:00.000Z';
const metadata = { actor: 'a:b', correlationId: id, causationId: id, recordedAt };
const joined = () => [{ id: randomUUID(), type: 'SellerJoined', data: {}, metadata }];

describe('beside the events of a log', () => {
  let double: EventStoreDouble;
  let source: EventStoreDbSource;
  let store: EventStoreDbStore;
  let other: EventStoreDbStore;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    double = await startEventStoreDouble();
    source = { kind: 'eventstoredb', connection: double.connection, prefix: 'shop.' };
    store = await openEventStoreDb(source);
    other = await openEventStoreDb(source);
    client = EventStoreDBClient.connectionString(double.connection);
  });
  afterEach(async () => {
    await client.dispose();
    await Promise.all([store.close(), other.close()]);
    await double.stop();
  });

  it('one value stands of those that nodes wish for at once, for all of them', async () => {
    const wishes = [store, other, store, other].map((node, wish) =>
      node.changeMark('promoLedgerBuyerKey', (now) => now ?? `key${wish}`),
    );
    const [first, ...rest] = await Promise.all(wishes);
    expect(rest).toEqual([first, first, first]);
    expect(await other.findMark('promoLedgerBuyerKey')).toBe(first);
  });

  it('a mark is taken away without another, and is none of the log', async () => {
    await store.changeMark('promoLedgerBuyerKey', () => 'key');
    await store.changeMark('promoLedgerCopyOf', () => 'log');
    await other.changeMark('promoLedgerCopyOf', () => null);
    expect(await store.findMark('promoLedgerCopyOf')).toBeUndefined();
    expect(await store.findMark('promoLedgerBuyerKey')).toBe('key');
    expect(await store.readAll()).toEqual([]);
  });

  it('a copy that is not finished keeps every node from opening the log', async () => {
    const { store: target, marks } = await openMarkedStore(source);
    await marks.copyOf.set('another log');
    await expect(openEventStore(source)).rejects.toBeInstanceOf(LogUnderCopy);
    await marks.copyOf.remove();
    await (await openEventStore(source)).close();
    await target.close();
  });

  it('a ledger that goes on elsewhere keeps every node from opening the log', async () => {
    const { store: left, marks } = await openMarkedStore(source);
    await marks.movedTo.set('another place');
    await expect(openEventStore(source)).rejects.toBeInstanceOf(LogMoved);
    await expect(openEventStore(source)).rejects.toThrow(/was moved to another place/);
    await left.close();
  });

  it('streams that lose events are named with the reason, also after they are gone', async () => {
    for (const stream of ['seller-a', 'seller-b', 'seller-c', 'seller-d', 'seller-e'])
      await store.append(stream, 'no_stream', joined());
    await client.setStreamMetadata('shop.seller-a', { maxCount: 3 });
    await client.setStreamMetadata('shop.seller-b', { maxAge: 60, truncateBefore: 1 });
    await client.deleteStream('shop.seller-c');
    await client.tombstoneStream('shop.seller-d');
    await client.setStreamMetadata('shop.seller-e', { maxCount: 9 });
    await client.setStreamMetadata('shop.seller-e', {});
    await client.setStreamMetadata('another-stream', { maxCount: 1 });
    expect(await store.lossyStreams()).toEqual([
      { stream: 'seller-a', says: 'has $maxCount 3' },
      { stream: 'seller-b', says: 'has $maxAge 60 and $tb 1' },
      { stream: 'seller-c', says: 'was deleted' },
      { stream: 'seller-d', says: 'was deleted for good' },
    ]);
  });
});
