import { configFrom } from '#api/config.ts';
import { openEventStore } from '#event-store/log-source.ts';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../../../test/support/eventstore-double/double.ts';
import { run } from '../program.ts';
import { assertEmptyLog, withOwnDatabase } from './apart.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const metadata = {
  ...{ correlationId: ID, causationId: ID, actor: 'test:x' },
  recordedAt: '2026-01-01T00:00:00.000Z',
};

describe('a demo on servers', () => {
  let double: EventStoreDouble;
  beforeAll(async () => {
    double = await startEventStoreDouble();
  });
  afterAll(() => double.stop());

  const configOf = (prefix: string) =>
    configFrom({
      PROMO_LEDGER_EVENTSTORE_URL: double.connection,
      PROMO_LEDGER_EVENTSTORE_PREFIX: prefix,
    });

  it('is made in an empty log only, begun or not', async () => {
    const config = configOf('shop.');
    await assertEmptyLog(config);
    const store = await openEventStore(config.log);
    await assertEmptyLog(config);
    const data = { sellerId: 's1', occurredAt: metadata.recordedAt };
    await store.append('seller-s1', 'no_stream', [
      { id: ID, type: 'SellerJoined', data, metadata },
    ]);
    await store.close();
    await expect(assertEmptyLog(config)).rejects.toThrow(/under shop\. holds a ledger already/);
    await assertEmptyLog(configOf('demo.'));
  });

  it('is not begun where a ledger is, whose log stays as it was', async () => {
    const where = ['--eventstore', double.connection, '--prefix', 'shop.', '--json'];
    const written: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (text) => written.push(String(text)) > 0;
    try {
      expect(await run(['demo', '--data', '/nonexistent/demo', ...where])).toBe(3);
    } finally {
      process.stdout.write = write;
    }
    expect(written.join('')).toContain('holds a ledger already');
  });

  it('has a database of its own, another each time', () => {
    const config = configFrom({
      PROMO_LEDGER_CLICKHOUSE_URL: 'http://127.0.0.1:8123',
      PROMO_LEDGER_CLICKHOUSE_DATABASE: 'l'.repeat(64),
    });
    const [one, other] = [withOwnDatabase(config), withOwnDatabase(config)].map(
      ({ engine }) => engine.kind === 'clickhouse' && engine.database,
    );
    expect(one).toMatch(/^l+_demo_[0-9a-f]{8}$/);
    expect(String(one).length).toBeLessThanOrEqual(64);
    expect(other).not.toBe(one);
    expect(withOwnDatabase(configFrom({})).engine).toEqual({ kind: 'duckdb' });
  });
});
