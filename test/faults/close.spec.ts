// ClickHouse fails while a period is closed: before the statement run, and in the middle of it. The
// run says so and issues nothing; once the engine is back, the same call issues statements that are
// those of the other engine to the byte. PROMO_LEDGER_FAULTS=long fails more runs in the middle.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { computeStatements } from '#analytics/statements/compute-statements.ts';
import { workspaceIn } from '#analytics/workspace.ts';
import { type Aftermath, aftermathOf } from '../support/aftermath.ts';
import { ClickHouseServer } from '../support/clickhouse/server.ts';
import { itKeptTheBooks } from '../support/kept-books.ts';
import { demand } from '../support/load-market.ts';
import { MixedLoad } from '../support/mixed-load.ts';
import type { Answered } from '../support/service-process.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import { ENOUGH, LOAD } from './field.ts';
import { Node } from './node.ts';

const KILLS_IN_A_RUN = process.env.PROMO_LEDGER_FAULTS === 'long' ? 10 : 1;
const RUN = '/programme/periods/2026-01/statement-run';

describe('a close on ClickHouse', () => {
  let server: FaultyServer;
  let clickhouse: ClickHouseServer;
  let node: Node;
  let after: Aftermath;
  let failures: readonly (Answered | undefined)[];
  let issuedWhileDown: number;
  let run: { readonly manifestSha256: string; readonly statementCount: number };

  const issued = async () => {
    const page = await demand(node, 'GET', '/events?stream=payee-agency');
    return page.items.filter(({ type }: { type: string }) => type === 'StatementIssued').length;
  };

  beforeAll(async () => {
    [server, clickhouse] = await Promise.all([startFaultyServer(), ClickHouseServer.start()]);
    const { url, database } = clickhouse.target();
    node = await Node.start(server.source, {
      environment: {
        PROMO_LEDGER_CLICKHOUSE_URL: url,
        PROMO_LEDGER_CLICKHOUSE_DATABASE: database,
      },
    });
    const load = new MixedLoad(20_260_122, LOAD);
    await load.open(node);
    const running = load.run(node);
    await load.answered(ENOUGH);
    load.stop();
    await running;
    await load.repeat(node);

    await clickhouse.kill();
    await demand(node, 'POST', '/programme/periods', { period: '2026-01' });
    const failed = [await node.send('POST', RUN)];
    for (let kill = 0; kill < KILLS_IN_A_RUN; kill += 1) {
      await clickhouse.restart();
      const asked = node.send('POST', RUN);
      await pause(Math.random() * 500);
      await clickhouse.kill();
      failed.push(await asked);
    }
    failures = failed;
    issuedWhileDown = await issued();
    await clickhouse.restart();
    run = await demand(node, 'POST', RUN);
    after = await aftermathOf(server.source, [load], [node]);
  }, 180_000);
  afterAll(async () => {
    await node.end();
    await clickhouse.stop();
    await server.stop();
  });

  it('fails in words that name the engine, and issues nothing', () => {
    expect(failures.map((reply) => [reply?.status, reply?.body.code])).toEqual(
      failures.map(() => [503, 'engine_must_be_available']),
    );
    expect(issuedWhileDown).toBe(0);
  });

  it('issues the statements of the other engine, each once, when it is done again', async () => {
    const lake = await mkdtemp(join(tmpdir(), 'faults-close-'));
    try {
      const same = await computeStatements(workspaceIn(lake, server.source), '2026-01');
      expect(same.statements.length).toBeGreaterThan(0);
      expect(run).toMatchObject({
        manifestSha256: same.manifestSha256,
        statementCount: same.statements.length,
      });
    } finally {
      await rm(lake, { recursive: true });
    }
    const types = after.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'StatementIssued')).toHaveLength(run.statementCount);
    expect(types.filter((type) => type === 'StatementRunCompleted')).toHaveLength(1);
    expect(types.filter((type) => type === 'PeriodClosed')).toHaveLength(1);
  });

  itKeptTheBooks(() => after);
});
