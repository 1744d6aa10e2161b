// The command line on a log that is on an EventStoreDB: the same commands, the same answers.
import { EventStoreDBClient } from '@eventstore/db-client';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../../test/support/command-line.ts';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../../test/support/eventstore-double/double.ts';
import { configFrom } from '#api/config.ts';
import { takeDataDirectory } from '#api/data-directory.ts';
import { freshDemoDirectory } from './demo/directory.ts';

const CSV = [
  'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
  '1001,85123A,HEART,6,2010-12-01 08:26:00,2.55,100.0,France',
  '1002,71053,LANTERN,10,2010-12-02 08:26:00,33.9,101.0,France',
  '',
].join('\n');

let double: EventStoreDouble;
let root: string;
let data: string;

/** On the log of the double. */
function cli(...argv: string[]) {
  const where = ['--data', data, '--eventstore', double.connection, '--prefix', 'shop.'];
  return commandLine(...argv, ...where);
}

beforeAll(async () => {
  double = await startEventStoreDouble();
  root = mkdtempSync(join(tmpdir(), 'promo-ledger-cli-'));
  data = join(root, 'node');
  writeFileSync(join(root, 'orders.csv'), CSV);
});
afterAll(async () => {
  await double.stop();
  rmSync(root, { recursive: true });
});

it('says that nothing was begun before anything was', async () => {
  const { code, err } = await cli('events');
  expect([code, err]).toEqual([3, expect.stringMatching(/holds no log of the ledger yet/)]);
});

it('imports orders, closes the month and verifies its statements', async () => {
  const imported = await cli('import', join(root, 'orders.csv'), '--json');
  expect(imported.code).toBe(0);
  const report = JSON.parse(imported.out) as { lines: number; endedLines: number };
  expect([report.lines, report.endedLines]).toEqual([2, 2]);
  const closed = await cli('close', '--json');
  expect(closed.code).toBe(0);
  const { period } = JSON.parse(closed.out) as { period: string };
  expect(period).toBe('2010-12');
  const verified = await cli('statements', 'verify', '--json');
  expect(verified.code).toBe(0);
  expect(JSON.parse(verified.out)).toMatchObject({ period, isMatch: true });
});

it('answers from the log, the lake and the documents', async () => {
  const balance = await cli('trial-balance', '--json');
  expect([balance.code, JSON.parse(balance.out)]).toMatchObject([0, { isZero: true }]);
  const events = await cli('events', '--type', 'OrderAttributed', '--json');
  expect(events.code).toBe(0);
  const { stream } = JSON.parse(events.out.split('\n')[0]!) as { stream: string };
  expect(await cli('explain', stream)).toMatchObject({ code: 0 });
  const queried = await cli('query', 'SELECT count(*) AS n FROM redemptions', '--json');
  expect([queried.code, JSON.parse(queried.out)]).toMatchObject([0, { columns: ['n'] }]);
  const listed = await cli('statements', 'list', '--json');
  const { payeeId, period } = JSON.parse(listed.out.split('\n')[0]!) as Record<string, string>;
  expect(await cli('statements', 'show', payeeId!, period!)).toMatchObject({ code: 0 });
});

it('builds read models again to the same state', async () => {
  const { code, out } = await cli('replay', '--json');
  expect(code).toBe(0);
  for (const line of out.trim().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ matches: true });
  expect(await cli('replay', '--to-nothing', '--json')).toMatchObject({ code: 0 });
});

it('is examined by doctor, who names a stream that loses its history', async () => {
  const sound = await cli('doctor');
  expect([sound.code, sound.out]).toEqual([0, expect.stringContaining('The ledger is sound.')]);
  const client = EventStoreDBClient.connectionString(double.connection);
  await client.setStreamMetadata('shop.seller-france', { maxCount: 100 });
  await client.dispose();
  const { code, out } = await cli('doctor');
  expect(code).toBe(1);
  expect(out).toMatch(/WRONG +whole streams +seller-france has \$maxCount 100: its history/);
});

it('does not empty the directory of a demo on which a service runs', async () => {
  const directory = join(root, 'demo');
  const config = configFrom({
    PROMO_LEDGER_DATA: directory,
    PROMO_LEDGER_EVENTSTORE_URL: double.connection,
  });
  await freshDemoDirectory(directory, 1);
  const lock = takeDataDirectory(config);
  await expect(freshDemoDirectory(directory, 2)).rejects.toThrow(/is in use by the process/);
  lock.release();
  await freshDemoDirectory(directory, 2);
  expect(readdirSync(directory)).toEqual(['demo.json']);
});
