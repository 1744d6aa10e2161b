import { join } from 'node:path';
import { openEngine, type Engine } from '../../duckdb/engine.ts';
import { lakeFiles } from '../../lake/lake-files.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../../testing/handmade-log.ts';
import { openDocuments } from '../documents.ts';
import type { ComputedRun } from '../run.ts';
import { textOf } from '../sql-way.ts';
import { duckdbWay } from './duckdb-way.ts';

describe('statements by DuckDB', () => {
  let log: HandmadeLog;
  let engine: Engine;

  beforeEach(async () => {
    log = new HandmadeLog();
    await log.setRules();
    engine = await openEngine({ memoryMb: 200, spillDirectory: join(log.directory, 'spill') });
  });
  afterEach(async () => {
    engine.close();
    await log.end();
  });

  const confirm = (orderId: string, payeeId: string, currency = 'USD') =>
    log.confirm({
      ...{ orderId, payeeId, currency, plan: RATE_10_PERCENT, lines: [1_005n, 1_015n, 4n] },
      occurredAt: '2026-01-10T00:00:00.000Z',
      clearsAt: '2026-01-17T00:00:00.000Z',
    });

  const close = async (period: string, at: string) => {
    await log.close(period, at);
    return log.issue(period, at);
  };

  const documents = async ({ period, cutoffLogIndex }: ComputedRun, pageLines?: number) => {
    const range = { after: -1, until: cutoffLogIndex };
    const files = await lakeFiles(log.workspace.lakeDirectory, range);
    const way = duckdbWay(engine, { ...files, period, cutoffLogIndex }, pageLines);
    await way.compute();
    const found = [];
    for await (const document of way.documents())
      found.push({ statement: document.statement, text: textOf(document) });
    return found;
  };

  it.each([1, 2, 3, 5, 100])('are the same in pages of %d lines', async (pageLines) => {
    const balance = await confirm('o0', 'p0');
    await close('2026-01', '2026-02-05T00:00:00.000Z');
    for (const [i, payee] of ['p9', 'p1', 'p5', 'p1', 'p10', 'P', 'p5', 'p5'].entries()) {
      await confirm(`o1${i}`, payee);
      await confirm(`o2${i}`, payee, i % 2 === 0 ? 'JPY' : 'EUR');
    }
    await log.refund(balance, 'r', new Map([['line 1', 5n]]), '2026-04-01T00:00:00.000Z');
    const second = await close('2026-02', '2026-03-05T00:00:00.000Z');
    const found = await documents(second, pageLines);
    expect(found.map(({ statement }) => statement)).toEqual(second.statements);
    expect(found.some(({ statement }) => statement.lineCount === 0)).toBe(true);
    const kept = openDocuments(log.workspace);
    for (const { statement, text } of found) expect(text).toBe(kept.get(statement.documentSha256));
    kept.close();
  });

  it('has no document without lines or a balance', async () => {
    const first = await close('2026-01', '2026-02-05T00:00:00.000Z');
    expect(await documents(first)).toEqual([]);
  });
});
