// A sink killed at any moment, and a server killed: real processes, over HTTP.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouseServer } from '../../test/support/clickhouse/server.ts';
import { withLog } from '../log.ts';
import { carryDirectory } from '../statements/carry.ts';
import { computeRun } from '../statements/compute-run.ts';
import { computeStatements } from '../statements/compute-statements.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { openClickHouse } from './client.ts';
import { syncClickHouse } from './sink.ts';

const CLOSED_AT = '2026-02-05T00:00:00.000Z';

describe('ClickHouse as another process', () => {
  let server: ClickHouseServer;
  let log: HandmadeLog;

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    log = new HandmadeLog();
    await log.setRules();
    for (let i = 0; i < 40; i += 1)
      await log.confirm({
        orderId: `o${i}`,
        payeeId: `p${i % 3}`,
        currency: 'USD',
        plan: RATE_10_PERCENT,
        lines: [1_000n],
        occurredAt: '2026-01-10T00:00:00.000Z',
        clearsAt: i % 4 === 0 ? '2026-02-10T00:00:00.000Z' : '2026-01-17T00:00:00.000Z',
      });
  });
  afterEach(() => log.end());

  it('counts nothing twice and misses nothing, whenever its sink is killed', async () => {
    await log.fill(40_000);
    const target = server.target();
    const script = join(import.meta.dirname, '../testing/sink-forever.ts');
    for (let kill = 0; kill < 4; kill += 1) {
      const args = [JSON.stringify(log.workspace), JSON.stringify(target)];
      const sink = fork(script, args, { execArgv: [], silent: true });
      const [database] = (await once(sink, 'message')) as [string];
      await new Promise((resolve) => setTimeout(resolve, 150 * kill));
      sink.kill('SIGKILL');
      await once(sink, 'exit');
      const clickhouse = await openClickHouse({ ...target, database });
      const synced = await withLog(log.workspace.log, (reader) =>
        syncClickHouse(reader, clickhouse),
      );
      expect(synced.events).toBe(40_041);
      const [held] = await clickhouse.rows(
        `SELECT count() AS events, uniqExact(log_index) AS different,
                (SELECT sum(stated_minor) FROM ledger_entries FINAL) AS stated
         FROM ledger_events FINAL`,
      );
      expect(held).toEqual({ events: '40041', different: '40041', stated: '4000' });
      await clickhouse.run(`DROP DATABASE ${database}`);
      await clickhouse.close();
    }
  }, 120_000);

  it('gives the same run from a child process as DuckDB gives', async () => {
    await log.close('2026-01', CLOSED_AT);
    const engine = { kind: 'clickhouse', ...server.target() } as const;
    const run = await computeStatements({ ...log.workspace, engine }, '2026-01');
    expect(run).toEqual(await log.recompute('2026-01'));
    expect(run.statements).toHaveLength(3);
  }, 60_000);

  it('says that it is down during a close, which can be repeated', async () => {
    await log.close('2026-01', CLOSED_AT);
    const workspace = {
      ...log.workspace,
      engine: { kind: 'clickhouse', ...server.target() } as const,
    };
    let killed: Promise<void> | undefined;
    const run = computeRun(workspace, '2026-01', ({ stage }) => {
      if (stage === 'clickhouse') killed ??= server.kill();
    });
    const error = await run.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({
      name: 'ClickHouseUnreachable',
      message: expect.stringMatching(/^ClickHouse at 127\.0\.0\.1:\d+ cannot be reached: /),
    });
    expect(error!.message).not.toContain('not-a-secret');
    await killed;
    expect(existsSync(carryDirectory(workspace.lakeDirectory, '2026-01'))).toBe(false);
    await expect(computeStatements(workspace, '2026-01')).rejects.toMatchObject({
      name: 'ClickHouseUnreachable',
    });
    await server.restart();
    expect(await computeRun(workspace, '2026-01')).toEqual(await log.recompute('2026-01'));
    expect(existsSync(carryDirectory(workspace.lakeDirectory, '2026-01'))).toBe(true);
  }, 60_000);
});
