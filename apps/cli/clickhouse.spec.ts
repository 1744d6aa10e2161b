// The command line beside a ClickHouse: it is filled, examined, and its absence is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClickHouse } from '#analytics/clickhouse/client.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import { ClickHouseServer } from '../../test/support/clickhouse/server.ts';
import { commandLine } from '../../test/support/command-line.ts';

const CSV = [
  'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
  '1001,85123A,HEART,6,2010-12-01 08:26:00,2.55,100.0,France',
  '1002,71053,LANTERN,10,2010-12-02 08:26:00,33.9,101.0,France',
  '',
].join('\n');

let server: ClickHouseServer;
let target: ClickHouseTarget;
let root: string;

const cli = (...argv: string[]) => commandLine(...argv, '--data', join(root, 'data'));

async function asked(sql: string) {
  const clickhouse = await openClickHouse(target);
  return clickhouse.rows(sql).finally(() => clickhouse.close());
}

const finding = ({ out }: { readonly out: string }) =>
  out.split('\n').find((line) => / clickhouse /.test(line)) ?? '';

beforeAll(async () => {
  server = await ClickHouseServer.start();
  target = server.target();
  root = mkdtempSync(join(tmpdir(), 'promo-ledger-cli-'));
  writeFileSync(join(root, 'orders.csv'), CSV);
});
beforeEach(() => {
  process.env['PROMO_LEDGER_CLICKHOUSE_URL'] = target.url;
  process.env['PROMO_LEDGER_CLICKHOUSE_DATABASE'] = target.database;
});
afterEach(() => {
  delete process.env['PROMO_LEDGER_CLICKHOUSE_URL'];
  delete process.env['PROMO_LEDGER_CLICKHOUSE_DATABASE'];
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});

it('has nothing to follow into when none is configured', async () => {
  delete process.env['PROMO_LEDGER_CLICKHOUSE_URL'];
  delete process.env['PROMO_LEDGER_CLICKHOUSE_DATABASE'];
  const { code, err } = await cli('follow-clickhouse');
  expect([code, err]).toEqual([2, expect.stringContaining('CLICKHOUSE_URL is not set')]);
});

it('has nothing to follow where no ledger is, which is told at once', async () => {
  const { code, err } = await cli('follow-clickhouse');
  expect([code, err]).toEqual([3, expect.stringContaining('holds no ledger')]);
});

it('is filled once, and has views then', async () => {
  expect((await cli('import', join(root, 'orders.csv'))).code).toBe(0);
  expect(finding(await cli('doctor'))).toMatch(/^note +clickhouse +holds no copy yet/);
  const clickhouse = await openClickHouse({ ...target, database: 'default' });
  const databases = await clickhouse.rows('SHOW DATABASES');
  await clickhouse.close();
  expect(databases).not.toContainEqual({ name: target.database });
  const first = await cli('follow-clickhouse', '--once');
  expect([first.code, first.out]).toEqual([
    0,
    expect.stringMatching(/^ledger_\w+ holds (\d+) events, \1 of them new\n$/),
  ]);
  const again = await cli('follow-clickhouse', '--once', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ database: target.database, added: 0 });
  expect(await asked('SELECT count() AS orders FROM redemptions')).toEqual([{ orders: '2' }]);
});

it('is sound, says the doctor; is behind; and is not sound after a row was changed', async () => {
  const sound = await cli('doctor');
  expect(finding(sound)).toMatch(/^ok +clickhouse +\d+ events, each as the log holds it$/);
  expect(sound.code).toBe(0);
  expect((await cli('close', '2010-12')).code).toBe(0);
  const behind = await cli('doctor');
  expect(finding(behind)).toMatch(/^ok +clickhouse +\d+ events, .*; \d behind the log$/);
  const clickhouse = await openClickHouse(target);
  await clickhouse.run(
    `INSERT INTO ledger_events (* EXCEPT (moves_money))
     SELECT * EXCEPT (moves_money) REPLACE (replaceOne(data, 'France', 'Frence') AS data)
     FROM ledger_events FINAL WHERE stream = 'order-France/1001' AND revision = 0`,
  );
  await clickhouse.close();
  const { code, out } = await cli('doctor');
  expect(code).toBe(1);
  expect(finding({ out })).toMatch(/^WRONG +clickhouse +event \d+ \(order-France\/1001@0\) is not/);
});

it('that is away is told without its password: by the doctor, and with 3', async () => {
  await server.kill();
  const once = await cli('follow-clickhouse', '--once');
  expect([once.code, once.err]).toEqual([3, expect.stringContaining('cannot be reached')]);
  const doctor = await cli('doctor');
  expect([doctor.code, finding(doctor)]).toEqual([1, expect.stringMatching(/^WRONG/)]);
  expect(once.err + doctor.out + doctor.err).not.toContain('not-a-secret');
});
