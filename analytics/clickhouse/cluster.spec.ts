// What is distributed and what is whole on every node, on a cluster of one node: through the tables
// that a cluster has, the copy, closes and views are those of a single server.
import { ClickHouseServer } from '../../test/support/clickhouse/server.ts';
import { withLog } from '../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import type { ClickHouseTarget } from '../workspace.ts';
import { openClickHouse, type ClickHouse } from './client.ts';
import { examineCopy } from './examine.ts';
import { syncClickHouse } from './sink.ts';
import { createViews } from './tables.ts';

describe('on a cluster', () => {
  let server: ClickHouseServer;
  let target: ClickHouseTarget;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;

  beforeAll(async () => {
    server = await ClickHouseServer.start(true);
    target = server.target();
    clickhouse = await openClickHouse(target);
    log = new HandmadeLog({ kind: 'clickhouse', ...target });
    await log.setRules();
    for (const [orderId, clearsAt] of [
      ['o1', '2026-01-17T00:00:00.000Z'],
      ['o2', '2026-02-03T00:00:00.000Z'],
      ['o3', '2026-03-03T00:00:00.000Z'],
    ] as const)
      await log.confirm({
        ...{ orderId, payeeId: 'p1', currency: 'USD', plan: RATE_10_PERCENT, lines: [1_000n] },
        ...{ occurredAt: '2026-01-10T00:00:00.000Z', clearsAt },
      });
  });
  afterAll(async () => {
    await clickhouse.close();
    await server.stop();
    await log.end();
  });

  it('stores events in their shard, with the entries that they give', async () => {
    const synced = await withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
    expect(synced).toEqual({ events: 4, added: 4 });
    const [held] = await clickhouse.rows(
      `SELECT (SELECT count() FROM ledger_events_local) AS events,
              (SELECT count() FROM ledger_entries_local) AS entries,
              (SELECT groupUniqArray(actor) FROM ledger_events FINAL) AS actors`,
    );
    expect(held).toEqual({ events: '4', entries: '3', actors: ['test:handmade'] });
    const { place } = await withLog(log.workspace.log, (reader) => examineCopy(clickhouse, reader));
    expect(place.logIndex).toBe(3);
  });

  it('closes as a single server does, each period once however often it is closed', async () => {
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    const first = await log.issue('2026-01', '2026-02-05T00:00:00.000Z');
    await log.close('2026-02', '2026-03-05T00:00:00.000Z');
    const second = await log.issue('2026-02', '2026-03-05T00:00:00.000Z');
    for (const [period, run] of [
      ['2026-01', first],
      ['2026-02', second],
    ] as const) {
      expect(await log.recompute(period)).toEqual(run);
      expect(await log.recompute(period, { kind: 'duckdb' })).toEqual(run);
    }
    const lines = 'SELECT period, count() AS lines FROM statement_lines GROUP BY 1 ORDER BY 1';
    expect(await clickhouse.rows(lines)).toEqual([
      { period: '2026-01', lines: '1' },
      { period: '2026-02', lines: '1' },
    ]);
  }, 90_000);

  it('has the views of a single server', async () => {
    await withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
    await createViews(clickhouse);
    expect(await clickhouse.rows('SELECT orders, commission_minor FROM sales_by_day')).toEqual([
      { orders: null, commission_minor: '300' },
    ]);
    expect(await clickhouse.rows('SELECT period FROM statements ORDER BY period')).toHaveLength(2);
  });
});
