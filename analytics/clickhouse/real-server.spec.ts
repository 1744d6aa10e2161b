// The same client and SQL against a ClickHouse server over its own HTTP interface: the one that
// CLICKHOUSE_URL names, or one in a container when there is Docker.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { verifyRun } from '../statements/verify.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { openClickHouse } from './client.ts';
import { createViews } from './tables.ts';

const IMAGE = 'clickhouse/clickhouse-server:25.3.2.39';
const PORT = 8123;
const A_PULL_MS = 300_000;

const named = process.env['CLICKHOUSE_URL'];
const hasDocker = process.env['DOCKER_HOST'] !== undefined || existsSync('/var/run/docker.sock');
if (!named && !hasDocker)
  console.log('skipping a ClickHouse server: CLICKHOUSE_URL names none, and there is no Docker');

(named || hasDocker ? describe : describe.skip)('on a ClickHouse server', () => {
  let container: StartedTestContainer | undefined;
  let url: string;

  beforeAll(async () => {
    if (!named)
      container = await new GenericContainer(IMAGE)
        .withExposedPorts(PORT)
        .withEnvironment({ CLICKHOUSE_USER: 'tester', CLICKHOUSE_PASSWORD: 'not-a-secret' })
        .withWaitStrategy(Wait.forHttp('/ping', PORT))
        .start();
    const address = container && `${container.getHost()}:${container.getMappedPort(PORT)}`;
    url = named ?? `http://tester:not-a-secret@${address}`;
  }, A_PULL_MS);
  afterAll(async () => {
    await container?.stop();
  });

  it('closes two periods as DuckDB does, and has views over them', async () => {
    const target = { url, database: `ledger_${randomUUID().replaceAll('-', '')}` };
    const log = new HandmadeLog({ kind: 'clickhouse', ...target });
    await log.setRules();
    for (const [orderId, clearsAt] of [
      ['o1', '2026-01-17T00:00:00.000Z'],
      ['o2', '2026-02-03T00:00:00.000Z'],
    ] as const)
      await log.confirm({
        orderId,
        payeeId: 'p1',
        currency: 'USD',
        plan: RATE_10_PERCENT,
        lines: [1_005n],
        lineIds: ['"\u0000é'],
        occurredAt: '2026-01-10T00:00:00.000Z',
        clearsAt,
      });
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    const first = await log.issue('2026-01', '2026-02-05T00:00:00.000Z');
    await log.close('2026-02', '2026-03-05T00:00:00.000Z');
    const second = await log.issue('2026-02', '2026-03-05T00:00:00.000Z');
    await log.forgetCarries();
    expect(await log.recompute('2026-01', { kind: 'duckdb' })).toEqual(first);
    expect(await log.recompute('2026-02', { kind: 'duckdb' })).toEqual(second);
    expect(await verifyRun(log.workspace, '2026-02')).toMatchObject({ manifestMatches: true });
    const clickhouse = await openClickHouse(target);
    await createViews(clickhouse);
    expect(await clickhouse.rows('SELECT commission_minor FROM sales_by_day')).toEqual([
      { commission_minor: '202' },
    ]);
    await clickhouse.run(`DROP DATABASE ${target.database}`);
    await clickhouse.close();
    await log.end();
  }, 120_000);
});
