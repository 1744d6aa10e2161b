import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../test/support/clickhouse/in-process.ts';
import { runQuery } from '../explore/query.ts';
import { withLog } from '../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { attribution } from '../testing/handmade-order.ts';
import type { ClickHouse } from './client.ts';
import { syncClickHouse } from './sink.ts';
import { createViews, VIEWS_MARK } from './tables.ts';

describe("the analysts' views in ClickHouse", () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;

  beforeAll(async () => {
    engine = startInProcessClickHouse();
    clickhouse = await engine.open();
    log = new HandmadeLog();
    await log.setRules();
    const products = [
      ['sku-1', '1000', true],
      ['sku-2', '500', false],
    ] as const;
    await log.append('order-s1/o1', attribution('o1', products));
    const order = await log.confirm({
      orderId: 'o1',
      payeeId: 'p1',
      currency: 'USD',
      plan: RATE_10_PERCENT,
      lines: [1_000n],
      occurredAt: '2026-01-10T00:00:00.000Z',
      clearsAt: '2026-01-17T00:00:00.000Z',
    });
    await log.refund(order, 'r1', new Map([['line 1', 400n]]), '2026-01-12T00:00:00.000Z');
    await log.hold(order, true, '2026-01-13T00:00:00.000Z');
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    await log.issue('2026-01', '2026-02-05T00:00:00.000Z');
    await withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
    await createViews(clickhouse);
  });
  afterAll(async () => {
    await clickhouse.close();
    await engine.stop();
    await log.end();
  });

  const overLake = async (sql: string) => (await runQuery(log.workspace, sql)).rows;

  it('have the names and columns that the views over the lake have', async () => {
    const columns = await overLake(
      `SELECT table_name || '.' || column_name FROM duckdb_columns()
       WHERE NOT internal
         AND table_name IN (SELECT view_name FROM duckdb_views() WHERE NOT internal)
       ORDER BY table_name, column_index`,
    );
    const found = await clickhouse.rows(
      `SELECT concat(table, '.', name) AS column FROM system.columns
       WHERE database = currentDatabase()
         AND table IN (SELECT name FROM system.tables WHERE engine = 'View')
         AND table <> '${VIEWS_MARK}'
       ORDER BY table, position`,
    );
    expect(columns.length).toBeGreaterThan(100);
    expect(found.map(({ column }) => column)).toEqual(columns.flat());
  });

  it('say in their comment what one row is', async () => {
    const comments = (await overLake(
      'SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY view_name',
    )) as readonly (readonly [string, string])[];
    const found = await clickhouse.rows(
      `SELECT name, comment FROM system.tables
       WHERE database = currentDatabase() AND engine = 'View' AND name <> '${VIEWS_MARK}'
       ORDER BY name`,
    );
    expect(found.map(({ name, comment }) => [name, comment])).toEqual(comments);
  });

  it('are made anew when they are of another version, and else left alone', async () => {
    const made = () =>
      clickhouse.rows(
        `SELECT name, metadata_modification_time AS at, comment FROM system.tables
         WHERE database = currentDatabase() AND engine = 'View' ORDER BY name`,
      );
    const before = await made();
    await clickhouse.run('CREATE OR REPLACE VIEW periods AS SELECT 1 AS one');
    const changed = await made();
    await createViews(clickhouse);
    expect(await made()).toEqual(changed);
    await clickhouse.run(`CREATE OR REPLACE VIEW ${VIEWS_MARK} AS SELECT 1 AS views`);
    await createViews(clickhouse);
    const comments = (rows: typeof before) => rows.map(({ name, comment }) => [name, comment]);
    expect(comments(await made())).toEqual(comments(before));
    expect(comments(changed)).not.toEqual(comments(before));
  });

  it.each([
    'SELECT order_id, paid_minor, eligible_minor, plan_kind, rate_bps FROM redemptions',
    'SELECT line_id, product_id, quantity, list_minor, paid_minor FROM redemption_lines ORDER BY 1',
    'SELECT kind, commission_minor, order_id, account FROM commissions ORDER BY log_index',
    'SELECT type, held_minor, influencer_id FROM holds',
    'SELECT refund_id, status, refunded_minor, commission_minor, code_id, currency FROM refunds',
    'SELECT line_id, before_minor, after_minor FROM entry_lines ORDER BY log_index',
    'SELECT period, cutoff_log_index FROM periods',
    'SELECT influencer_id, period, line_count, closing_minor, document_sha256 FROM statements',
    'SELECT * FROM sales_by_code',
    'SELECT * FROM sales_by_seller',
    'SELECT * FROM sales_by_influencer',
    'SELECT * FROM sales_by_product ORDER BY product_id',
    'SELECT orders, paid_minor, commission_minor FROM sales_by_day ORDER BY day',
    'SELECT count(*) AS tasks FROM tasks',
    'SELECT count(*) AS codes FROM codes',
    'SELECT count(*) AS texts FROM issued_codes',
    'SELECT count(*) AS orders FROM rejected_orders',
    'SELECT stream, revision, type, data, actor FROM events ORDER BY log_index',
  ])('answer as the lake does: %s', async (sql) => {
    const found = await clickhouse.rows(sql);
    const asText = (row: readonly unknown[]) => row.map(String);
    expect(found.map((row) => asText(Object.values(row)))).toEqual(
      (await overLake(sql)).map(asText),
    );
  });
});
