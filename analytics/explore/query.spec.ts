import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { attribution } from '../testing/handmade-order.ts';
import { hashOf } from '../lake/segments.ts';
import { exportQuery, QueryRefused, readyQuestions, runQuery } from './query.ts';

describe('querying the lake', () => {
  let log: HandmadeLog;
  let outside: string;

  beforeAll(async () => {
    outside = mkdtempSync(join(tmpdir(), 'promo-ledger-outside-'));
    writeFileSync(join(outside, 'secret.csv'), 'a,b\n1,2\n');
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
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    await log.issue('2026-01', '2026-02-05T00:00:00.000Z');
  });
  afterAll(async () => {
    await log.end();
    rmSync(outside, { recursive: true });
  });

  const rows = async (sql: string) => (await runQuery(log.workspace, sql)).rows;

  it('shows redemptions, commission and refunds by code, influencer, product and day', async () => {
    expect(
      await rows('SELECT order_id, paid_minor, eligible_minor, day::VARCHAR FROM redemptions'),
    ).toEqual([['o1', '1500', '1000', '2026-01-09']]);
    expect(await rows('SELECT kind, commission_minor FROM commissions ORDER BY log_index')).toEqual(
      [
        ['earning', '100'],
        ['reversal', '-40'],
      ],
    );
    expect(await rows('SELECT refund_id, refunded_minor, status, code_id FROM refunds')).toEqual([
      ['r1', '400', 'applied', 'c1'],
    ]);
    expect(await rows('SELECT * FROM sales_by_code')).toEqual([
      ['s1', 'c1', 'USD', 1, '1500', '1000', '60'],
    ]);
    expect(await rows('SELECT influencer_id, commission_minor FROM sales_by_influencer')).toEqual([
      ['p1', '60'],
    ]);
    expect(
      await rows('SELECT product_id, quantity, paid_minor FROM sales_by_product ORDER BY 1'),
    ).toEqual([
      ['sku-1', 2, '1000'],
      ['sku-2', 2, '500'],
    ]);
    expect(await rows('SELECT period, closing_minor FROM statements')).toEqual([['2026-01', '60']]);
  });

  it('brings the lake up to date first, unless told not to', async () => {
    const count = 'SELECT count(*) FROM events';
    const [before] = await rows(count);
    await log.append('seller-s9', {
      type: 'SellerJoined',
      data: { sellerId: 's9', occurredAt: '2026-02-06T00:00:00.000Z' },
    });
    const stale = await runQuery(log.workspace, count, { skipSync: true });
    expect(stale.rows).toEqual([before]);
    expect(await rows(count)).toEqual([[Number(before![0]) + 1]]);
  });

  it('answers every ready question, each with a title', async () => {
    const questions = readyQuestions();
    expect(questions.length).toBeGreaterThan(5);
    for (const { title, sql } of questions) {
      expect(title).toMatch(/^[A-Z]/);
      await expect(rows(sql)).resolves.toBeDefined();
    }
  });

  it('describes each of its views', async () => {
    const undescribed =
      'SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL';
    expect(await rows(undescribed)).toEqual([]);
    expect(await rows('DESCRIBE redemptions')).not.toEqual([]);
  });

  it('keeps every digit and says when there is more', async () => {
    const result = await runQuery(
      log.workspace,
      `SELECT 9007199254740993::BIGINT AS big, 5::BIGINT AS small, 12345678901234567890::HUGEINT AS
       huge, 1.50::DECIMAL(5, 2) AS fraction, [1, 2] AS list, TIMESTAMP '2026-01-01 10:00:00' AS at,
       NULL AS nothing, true AS yes FROM range(3)`,
      { limit: 2 },
    );
    const row = [
      '9007199254740993',
      5,
      '12345678901234567890',
      '1.50',
      '[1,2]',
      '2026-01-01 10:00:00',
      null,
      true,
    ];
    expect(result.rows).toEqual([row, row]);
    expect(result.isTruncated).toBe(true);
  });

  it.each(['csv', 'json', 'parquet'] as const)('writes a %s file, exactly', async (format) => {
    const file = join(outside, `result.${format}`);
    const sql = `SELECT 12345678901234567890::HUGEINT AS huge, 'a,b' AS text -- done`;
    expect(await exportQuery(log.workspace, sql, { file, format })).toEqual({ rows: 1 });
    await expect(exportQuery(log.workspace, sql, { file, format })).rejects.toThrow(/exists/);
    const text = readFileSync(file, 'latin1');
    if (format === 'csv') expect(text).toBe('huge,text\n12345678901234567890,"a,b"\n');
    if (format === 'json')
      expect(JSON.parse(text)).toEqual([{ huge: '12345678901234567890', text: 'a,b' }]);
    if (format === 'parquet') expect(text).toMatch(/^PAR1/);
    expect(readdirSync(outside).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('says what is wrong with a query', async () => {
    await expect(rows('SELEKT 1')).rejects.toThrow(QueryRefused);
    await expect(rows('SELECT nothing FROM events')).rejects.toThrow(QueryRefused);
    await expect(rows('')).rejects.toThrow(QueryRefused);
  });

  describe('touches nothing else', () => {
    const attacks = () => [
      `SELECT * FROM read_csv('${outside}/secret.csv')`,
      `SELECT * FROM read_text('${outside}/secret.csv')`,
      `SELECT * FROM read_blob('/etc/passwd')`,
      `SELECT * FROM sniff_csv('${outside}/secret.csv')`,
      `FROM '${outside}/secret.csv'`,
      `FROM glob('/*')`,
      `FROM 'http://127.0.0.1:1/x.parquet'`,
      `SELECT (SELECT count(*) FROM read_csv('${outside}/secret.csv'))`,
      `SELECT * FROM query('FROM read_csv(''${outside}/secret.csv'')')`,
      `SELECT * FROM query('SELECT * FROM rea' || 'd_csv(''${outside}/secret.csv'')')`,
      `SELECT * FROM query_table('${outside}/secret.csv')`,
      `FROM read_parquet('${log.workspace.lakeDirectory}/carries/2026-01/entries.parquet')`,
      `SELECT * FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)`,
      `SELECT * FROM enable_logging(storage = 'file', storage_path = '${outside}/log')`,
      `SELECT * FROM enable_profiling(format = 'json', save_location = '${outside}/p.json')`,
      `SELECT * FROM duckdb_secrets()`,
      `COPY (SELECT 1) TO '${outside}/new.csv'`,
      `COPY (SELECT 1) TO '${anySegment()}'`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${anySegment()}' (FORMAT parquet)`,
      `EXPORT DATABASE '${outside}/new'`,
      `ATTACH '${outside}/new.db'`,
      `INSTALL httpfs`,
      `LOAD httpfs`,
      `SET enable_external_access = true`,
      `RESET lock_configuration`,
      `SET VARIABLE event_files = ['${outside}/secret.csv']`,
      `PRAGMA database_list`,
      `CALL pragma_version()`,
      `CREATE TABLE x AS SELECT 1`,
      `DROP VIEW events`,
      `SELECT 1; SELECT 2`,
      `WITH a AS (INSERT INTO x VALUES (1)) SELECT 1`,
    ];
    const anySegment = () => {
      const segments = join(log.workspace.lakeDirectory, 'segments');
      return join(segments, readdirSync(segments)[0]!);
    };

    it('whatever is tried', async () => {
      const before = await hashOf(anySegment());
      const kept = readdirSync(outside);
      for (const sql of attacks()) {
        const refused = runQuery(log.workspace, sql, { skipSync: true });
        await expect(refused).rejects.toThrow(QueryRefused);
      }
      for (const sql of attacks().filter((_, i) => i % 5 === 0)) {
        const file = join(outside, 'attack.csv');
        const target = { file, format: 'csv' } as const;
        const exporting = exportQuery(log.workspace, sql, target, { skipSync: true });
        await expect(exporting).rejects.toThrow(QueryRefused);
        expect(existsSync(file)).toBe(false);
      }
      expect(await hashOf(anySegment())).toBe(before);
      expect(readdirSync(outside)).toEqual(kept);
    }, 120_000);
  });
});
