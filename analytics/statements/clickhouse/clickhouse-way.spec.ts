import { join } from 'node:path';
import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../../test/support/clickhouse/in-process.ts';
import type { ClickHouse } from '../../clickhouse/client.ts';
import { syncClickHouse } from '../../clickhouse/sink.ts';
import { withLog } from '../../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../../testing/handmade-log.ts';
import { computeBothWays } from '../both-ways.ts';
import { openDocuments } from '../documents.ts';
import { closingsUpTo } from '../compute-run.ts';
import { foldStatements } from '../fold/fold-statements.ts';
import { startFold } from '../fold/fold-thread.ts';
import type { ComputedRun, ComputedStatement } from '../run.ts';
import { textOf } from '../sql-way.ts';
import { isAsLeft, type CarriedFiles } from './carried-partition.ts';
import { clickhouseWay, type ClickHouseWay } from './clickhouse-way.ts';

describe('statements by ClickHouse', () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;
  let left: CarriedFiles;

  beforeAll(() => {
    engine = startInProcessClickHouse();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    clickhouse = await engine.open();
    log = new HandmadeLog();
    await log.setRules();
    left = {
      entriesFile: join(log.directory, 'entries.json'),
      balancesFile: join(log.directory, 'balances.json'),
    };
  });
  afterEach(async () => {
    await clickhouse.close();
    await log.end();
  });

  const order = (orderId: string, clearsAt = '2026-01-17T00:00:00.007Z') => ({
    orderId,
    payeeId: 'p1',
    currency: 'USD',
    plan: RATE_10_PERCENT,
    lines: [1_005n, 1_015n, 4n],
    lineIds: ['"', '\\', 'a\u0000b\n\u001f\u2028é😀'],
    occurredAt: '2026-01-10T00:00:00.000Z',
    clearsAt,
  });
  const sync = () => withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
  const wayTo = ({ period, cutoffLogIndex }: ComputedRun, carry?: ComputedRun) =>
    clickhouseWay(clickhouse, {
      logId: log.logId,
      period,
      cutoffLogIndex,
      ...(carry && { carry: { period: carry.period, cutoffLogIndex: carry.cutoffLogIndex } }),
    });
  const close = async (period: string, at: string) => {
    await log.close(period, at);
    return log.issue(period, at);
  };

  /** Each text must be the kept document's. */
  const statementsOf = async (way: ClickHouseWay) => {
    const found: ComputedStatement[] = [];
    const documents = openDocuments(log.workspace);
    for await (const document of way.documents()) {
      const { statement } = document;
      found.push(statement);
      expect(textOf(document)).toBe(documents.get(statement.documentSha256));
    }
    documents.close();
    return found;
  };

  it('are the same to the byte as by DuckDB, from zero and from what a close left', async () => {
    const taken = await log.confirm(order('o1'));
    await log.confirm(order('o2', '2026-02-03T00:00:00.000Z'));
    await log.refund(taken, 'r1', new Map([['\\', 400n]]), '2026-01-12T00:00:00.000Z');
    const first = await close('2026-01', '2026-02-05T00:00:00.000Z');
    const second = await close('2026-02', '2026-03-05T00:00:00.000Z');
    await sync();
    const closing = wayTo(first);
    await closing.compute();
    expect(await statementsOf(closing)).toEqual(first.statements);
    await closing.leaveCarry(left);
    await closing.close();
    const fromZero = wayTo(second);
    const fromCarry = wayTo(second, first);
    await fromZero.compute();
    await fromCarry.compute();
    expect(await statementsOf(fromZero)).toEqual(second.statements);
    expect(await statementsOf(fromCarry)).toEqual(second.statements);
    expect(second.statements).toMatchObject([{ lineCount: 1, openingMinor: '163' }]);
    await fromZero.close();
    await fromCarry.close();
    expect(await clickhouse.rows("SHOW TABLES LIKE 'run%'")).toEqual([]);
  });

  // FINAL looks at all partitions before any condition does: by a key without the period one of the
  // two rows of a payee would be taken, whichever partition's name has the smaller hash.
  it('begin with what the period before left, whatever others left', async () => {
    await log.confirm(order('o1'));
    await log.confirm(order('o2', '2026-02-03T00:00:00.000Z'));
    await log.confirm(order('o3', '2026-03-03T00:00:00.000Z'));
    const first = await close('2026-01', '2026-02-05T00:00:00.000Z');
    const second = await close('2026-02', '2026-03-05T00:00:00.000Z');
    const third = await close('2026-03', '2026-04-05T00:00:00.000Z');
    await sync();
    for (const way of [wayTo(first), wayTo(second, first)]) {
      await way.compute();
      await way.leaveCarry(left);
      await way.close();
    }
    for (const [run, carry] of [
      [second, first],
      [third, second],
    ] as const) {
      const way = wayTo(run, carry);
      await way.compute();
      expect(await statementsOf(way)).toEqual(run.statements);
      await way.close();
    }
  });

  it('leave the lines and totals of a period for analysts, and what is still open', async () => {
    await log.confirm(order('o1'));
    await log.confirm(order('o2', '2026-02-03T00:00:00.000Z'));
    const run = await close('2026-01', '2026-02-05T00:00:00.000Z');
    await sync();
    for (let time = 0; time < 2; time += 1) {
      const way = wayTo(run);
      await way.compute();
      await way.leaveCarry(left);
      await way.close();
    }
    const lines = 'SELECT order_id, kind, amount_minor FROM statement_lines FINAL';
    expect(await clickhouse.rows(lines)).toEqual([
      { order_id: 'o1', kind: 'earning', amount_minor: '203' },
    ]);
    expect(await clickhouse.rows('SELECT closing_minor FROM statement_totals FINAL')).toEqual([
      { closing_minor: '203' },
    ]);
    expect(await clickhouse.rows('SELECT order_id FROM open_entries FINAL')).toEqual([
      { order_id: 'o2' },
    ]);
    expect(await isAsLeft(clickhouse, '2026-01', left)).toBe(true);
    await clickhouse.run("DELETE FROM open_entries WHERE order_id = 'o2'");
    expect(await isAsLeft(clickhouse, '2026-01', left)).toBe(false);
  });

  it('count nothing twice that was inserted twice and is not merged yet', async () => {
    await log.confirm(order('o1'));
    const run = await close('2026-01', '2026-02-05T00:00:00.000Z');
    await sync();
    await clickhouse.run('SYSTEM STOP MERGES');
    await clickhouse.run('INSERT INTO ledger_entries SELECT * FROM ledger_entries');
    await clickhouse.run('INSERT INTO ledger_events SELECT * FROM ledger_events');
    const way = wayTo(run);
    await way.compute();
    expect(await statementsOf(way)).toEqual(run.statements);
    await way.close();
    await clickhouse.run('SYSTEM START MERGES');
  });

  it('are not computed from tables with a hole: what is missing is named', async () => {
    await log.confirm(order('o1'));
    const run = await close('2026-01', '2026-02-05T00:00:00.000Z');
    await sync();
    await clickhouse.run('DELETE FROM ledger_entries WHERE log_index = 1');
    await expect(wayTo(run).compute()).rejects.toThrow(/event 1 of the log is missing, or its/);
    await clickhouse.run("ALTER TABLE ledger_events DROP PARTITION '202601'");
    await expect(wayTo(run).compute()).rejects.toThrow(/event 0 of the log is missing/);
  });

  it('name the row that was changed, and issue nothing', async () => {
    await log.confirm(order('o1'));
    await log.confirm(order('o2'));
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    const { closings, cutoffLogIndex } = await withLog(log.workspace.log, async (reader) => {
      await syncClickHouse(reader, clickhouse);
      const found = await closingsUpTo(reader, '2026-01');
      return { closings: found, cutoffLogIndex: found[0]!.cutoffLogIndex };
    });
    const bothWays = () =>
      withLog(log.workspace.log, (reader) =>
        computeBothWays({
          sql: clickhouseWay(clickhouse, { logId: log.logId, period: '2026-01', cutoffLogIndex }),
          fold: startFold({ closings, source: log.workspace.log }),
          foldedText: async (only) => (await foldStatements({ closings, log: reader, only })).text,
          onDocument: () => undefined,
        }),
      );
    const change = (what: string) =>
      clickhouse.run(
        `INSERT INTO ledger_entries SELECT * REPLACE (${what}) FROM ledger_entries FINAL
         WHERE stream = 'order-s1/o2'`,
      );
    await change("'o9' AS order_id");
    await expect(bothWays()).rejects.toThrow(
      /p1 USD: line 2 \(order-s1\/o2@0\): SQL says .*"orderId":"o9".*the fold says .*"o2"/s,
    );
    await change("'o2' AS order_id, toDecimal128(204, 0) AS stated_minor");
    await expect(bothWays()).rejects.toThrow(
      'order-s1/o2@0 states 204, its base and plan give 203 (SQL)',
    );
    await change("toDecimal128('99999999999999999999999999999999999999', 0) AS stated_minor");
    await expect(bothWays()).rejects.toThrow(/order-s1\/o2@0 states an amount that is no whole/);
  });

  it('guard the sums against balances that are too large to add', async () => {
    await log.confirm(order('o1', '2026-02-03T00:00:00.000Z'));
    const first = await close('2026-01', '2026-02-05T00:00:00.000Z');
    const second = await close('2026-02', '2026-03-05T00:00:00.000Z');
    await sync();
    const closing = wayTo(first);
    await closing.compute();
    await closing.leaveCarry(left);
    await closing.close();
    await clickhouse.run(
      `INSERT INTO statement_totals (period, payee_id, currency, closing_minor)
       VALUES ('2026-01', 'p1', 'USD', '99999999999999999999999999999999999999')`,
    );
    const way = wayTo(second, first);
    await expect(way.compute()).rejects.toThrow('the sums would be too large');
    await way.close();
  });
});
