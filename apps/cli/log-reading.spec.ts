import { randomUUID } from 'node:crypto';
import { openSqliteStore, type SqliteStore } from '#event-store/sqlite-store.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import { ListEvents, ListEventsHandler } from '#api/queries/list-events.ts';
import { eventsOfTypes } from './log-reading.ts';

const EVENTS = 12;

/** Together more than a page of the log holds, which then ends early. */
async function logOfLargeEvents(): Promise<SqliteStore> {
  const store = openSqliteStore(':memory:');
  const ids = randomUUID();
  const now = '2026-01-01T00:00:00.000Z';
  const metadata = { actor: 'a:b', correlationId: ids, causationId: ids, recordedAt: now };
  for (let i = 0; i < EVENTS; i += 1) {
    const data = { sellerId: 's1', orderId: 'o1', reason: 'x'.repeat(800_000), occurredAt: now };
    const event: LedgerEvent = { type: 'OrderInvalidated', data };
    const made = [{ ...event, id: randomUUID(), metadata }];
    await store.append('order-s1/o1', i === 0 ? 'no_stream' : i - 1, made);
  }
  return store;
}

describe('a log of large events', () => {
  let store: SqliteStore;
  beforeAll(async () => {
    store = await logOfLargeEvents();
  });
  afterAll(() => store.close());

  it('is read to its end by commands that compute from all of it', async () => {
    let count = 0;
    for await (const _ of eventsOfTypes(store, ['OrderInvalidated'])) count += 1;
    expect(count).toBe(EVENTS);
  });

  it('is listed to its end', async () => {
    const handler = new ListEventsHandler(store);
    let cursor: string | undefined;
    const revisions: number[] = [];
    do {
      const asked = { stream: 'order-s1/o1', from: 0, limit: 200, cursor };
      const page = await handler.execute(new ListEvents(asked as never));
      revisions.push(...page.items.map(({ revision }) => revision));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(revisions).toEqual(Array.from({ length: EVENTS }, (_, i) => i));
  });
});
