import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../test/support/clickhouse/in-process.ts';
import { START } from '#event-store/port.ts';
import { withLog } from '../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import type { ClickHouse } from './client.ts';
import { STRETCH } from './copied.ts';
import { examineCopy } from './examine.ts';
import { syncClickHouse } from './sink.ts';

describe("the copy in ClickHouse, when it is compared with the log's events", () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;

  beforeAll(() => {
    engine = startInProcessClickHouse();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    clickhouse = await engine.open();
    log = new HandmadeLog();
    await log.setRules();
    for (const orderId of ['o1', 'o2', 'o3'])
      await log.confirm({
        ...{ orderId, payeeId: 'p1', currency: 'USD', plan: RATE_10_PERCENT, lines: [1_000n] },
        lineIds: ['a\u0000"\té'],
        occurredAt: '2026-01-10T00:00:00.007Z',
        clearsAt: '2026-01-17T00:00:00.000Z',
      });
  });
  afterEach(async () => {
    await clickhouse.close();
    await log.end();
  });

  const sync = () => withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
  const examined = () => withLog(log.workspace.log, (reader) => examineCopy(clickhouse, reader));
  const change = (table: string, what: string) =>
    clickhouse.run(
      `INSERT INTO ${table} (* EXCEPT (moves_money)) SELECT * EXCEPT (moves_money) REPLACE (${what})
       FROM ${table} FINAL WHERE log_index = 2`,
    );

  it('is none before anything was copied', async () => {
    expect(await examined()).toEqual({ place: START });
    expect(await clickhouse.rows('SHOW TABLES')).toEqual([]);
  });

  it('is sound as far as it goes', async () => {
    await sync();
    expect((await examined()).place.logIndex).toBe(3);
    await log.fill(1);
    expect((await examined()).place.logIndex).toBe(3);
  });

  it.each([
    ['data', "replaceOne(data, '1000', '1001') AS data"],
    ['actor', "'admin:x' AS actor"],
    ['a time', 'recorded_at + INTERVAL 1 MILLISECOND AS recorded_at'],
    ['a key', "'k' AS idempotency_key"],
    ['an id', "'00000000-0000-4000-8000-000000000000'::UUID AS causation_id"],
  ])('names the event of which %s was changed', async (_, what) => {
    await sync();
    await change('ledger_events', what);
    await expect(examined()).rejects.toThrow(
      /^event 2 \(order-s1\/o2@0\) is not as the log holds it.*drop their database/,
    );
  });

  it('names the entry that is not what its event says', async () => {
    await sync();
    await clickhouse.run(
      `INSERT INTO ledger_entries SELECT * REPLACE ('p2' AS payee_id) FROM ledger_entries FINAL
       WHERE log_index = 2`,
    );
    await expect(examined()).rejects.toThrow(/^the entry of event 2 is not what its event says/);
  });

  it('finds what was changed in a later stretch', async () => {
    await log.fill(STRETCH);
    await sync();
    const changed = STRETCH + 2;
    await clickhouse.run(
      `INSERT INTO ledger_events (* EXCEPT (moves_money))
       SELECT * EXCEPT (moves_money) REPLACE ('x' AS type)
       FROM ledger_events FINAL WHERE log_index = ${changed}`,
    );
    await expect(examined()).rejects.toThrow(`event ${changed} (seller-s1@${changed - 4})`);
  });
});
