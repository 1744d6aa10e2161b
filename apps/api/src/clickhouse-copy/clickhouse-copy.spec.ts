// A node that serves keeps ClickHouse up to date beside it, and does not need it to serve.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { openClickHouse } from '#analytics/clickhouse/client.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import { ClickHouseServer } from '../../../../test/support/clickhouse/server.ts';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../../../../test/support/eventstore-double/double.ts';
import { until } from '../../../../test/support/until.ts';
import { BUYER_KEYS_FILE } from '../buyer-keys.ts';
import { configFrom } from '../config.ts';
import { type RunningService, serve } from '../serve.ts';
import { ClickHouseCopy } from './clickhouse-copy.ts';

let root: string;
let server: ClickHouseServer;
let target: ClickHouseTarget;
const running: RunningService[] = [];

beforeAll(async () => {
  server = await ClickHouseServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clickhouse-copy-'));
  target = server.target();
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
  rmSync(root, { recursive: true });
});

async function start(node: string, more: Record<string, string> = {}): Promise<RunningService> {
  const environment = {
    ...{ PROMO_LEDGER_DATA: join(root, node), PROMO_LEDGER_PORT: '0' },
    PROMO_LEDGER_LOG_LEVEL: 'silent',
    PROMO_LEDGER_CLICKHOUSE_URL: target.url,
    PROMO_LEDGER_CLICKHOUSE_DATABASE: target.database,
  };
  running.push(await serve(configFrom({ ...environment, ...more })));
  return running.at(-1)!;
}

async function joinSeller(service: RunningService, sellerId: string): Promise<void> {
  const { status } = await fetch(`${service.url}/sellers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sellerId }),
  });
  expect(status).toBe(200);
}

async function readiness({ url }: RunningService) {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, copy: ((await answer.json()) as any).clickhouse };
}

const follows = (service: RunningService) => async () => {
  const { copy } = await readiness(service);
  return copy.state === 'following' && copy.behind === '0';
};

async function sellersInClickHouse() {
  const clickhouse = await openClickHouse(target);
  const rows = await clickhouse.rows("SELECT stream FROM events WHERE type = 'SellerJoined'");
  await clickhouse.close();
  return rows.map(({ stream }) => stream).sort();
}

it('shows analysts what was stored a moment ago', async () => {
  const service = await start('one');
  await joinSeller(service, 's1');
  await until(follows(service));
  await until(async () => (await sellersInClickHouse()).length === 1);
  await joinSeller(service, 's2');
  await until(async () => (await sellersInClickHouse()).length === 2);
  expect(await sellersInClickHouse()).toEqual(['seller-s1', 'seller-s2']);
});

it('serves and is ready while ClickHouse is away, says so, and makes up for it', async () => {
  await server.kill();
  const service = await start('one');
  await until(async () => (await readiness(service)).copy.state === 'outage');
  await until(async () => (await readiness(service)).status === 200);
  await joinSeller(service, 's1');
  const { status, copy } = await readiness(service);
  expect([status, copy.behind]).toEqual([200, null]);
  expect(copy.message).toMatch(/^ClickHouse at 127\.0\.0\.1:\d+ cannot be reached: /);
  expect(copy.message).not.toContain('not-a-secret');
  await server.restart();
  await until(follows(service));
  expect((await readiness(service)).copy.message).toBeNull();
  expect(await sellersInClickHouse()).toEqual(['seller-s1']);
  await server.kill();
  await joinSeller(service, 's2');
  await until(async () => (await readiness(service)).copy.state === 'outage');
  await until(async () => (await readiness(service)).copy.behind === '1');
  expect((await readiness(service)).status).toBe(200);
  await server.restart();
  await until(follows(service));
  expect(await sellersInClickHouse()).toEqual(['seller-s1', 'seller-s2']);
});

it('raises an alarm over what no waiting mends, and names it', async () => {
  const directory = join(root, 'gone');
  const config = configFrom({
    ...{ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_CLICKHOUSE_URL: target.url },
  });
  Logger.overrideLogger(false);
  const copy = new ClickHouseCopy(config);
  copy.start();
  await until(() => copy.status()?.state === 'alarm');
  expect(copy.status()?.message).toBe(`${join(directory, 'ledger.db')} does not exist`);
  await copy.onModuleDestroy();
  expect(copy.status()?.state).toBe('stopped');
});

it('has no copy to speak of where statements are computed on another engine', async () => {
  const service = await start('one', { PROMO_LEDGER_CLICKHOUSE_URL: '' });
  expect((await readiness(service)).copy).toBeNull();
});

describe('two nodes on one log', () => {
  let double: EventStoreDouble;
  beforeAll(async () => {
    double = await startEventStoreDouble();
  });
  afterAll(() => double.stop());

  it('keep one copy, in which everything counts once', async () => {
    const shared = { PROMO_LEDGER_EVENTSTORE_URL: double.connection };
    const one = await start('one', shared);
    // The keys have to be there before the second node starts.
    const keys = (node: string) => join(root, node, BUYER_KEYS_FILE);
    mkdirSync(join(root, 'two'));
    copyFileSync(keys('one'), keys('two'));
    const two = await start('two', shared);
    const sellers = Array.from({ length: 24 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    for (const [i, seller] of sellers.entries()) await joinSeller(i % 2 ? one : two, seller);
    for (const node of [one, two]) await until(follows(node));
    await until(async () => (await sellersInClickHouse()).length >= sellers.length);
    expect(await sellersInClickHouse()).toEqual(sellers.map((seller) => `seller-${seller}`));
    await one.stop();
    running.splice(running.indexOf(one), 1);
    await joinSeller(two, 'last');
    await until(async () => (await sellersInClickHouse()).length > sellers.length);
    for (const node of running) expect((await readiness(node)).copy.state).toBe('following');
  });
});
