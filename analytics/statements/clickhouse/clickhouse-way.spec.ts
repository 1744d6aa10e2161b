import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../../test/support/clickhouse/in-process.ts';
import type { ClickHouse } from '../../clickhouse/client.ts';
import { syncClickHouse } from '../../clickhouse/sink.ts';
import { withLog } from '../../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../../testing/handmade-log.ts';
import { openDocuments } from '../documents.ts';
import type { ComputedStatement } from '../run.ts';
import { clickhouseWay } from './clickhouse-way.ts';

describe('statements by ClickHouse', () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;

  beforeAll(() => {
    engine = startInProcessClickHouse();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    clickhouse = await engine.open();
    log = new HandmadeLog();
    await log.setRules();
  });
  afterEach(async () => {
    await clickhouse.close();
    await log.end();
  });

  it('are the same to the byte as by DuckDB and the fold', async () => {
    const taken = await log.confirm({
      orderId: 'o1',
      payeeId: 'p1',
      currency: 'USD',
      plan: RATE_10_PERCENT,
      lines: [1_005n, 1_015n, 4n],
      lineIds: ['"', '\\', 'a\u0000b\n\u001f\u2028é😀'],
      occurredAt: '2026-01-10T00:00:00.000Z',
      clearsAt: '2026-01-17T00:00:00.007Z',
    });
    await log.refund(taken, 'r1', new Map([['\\', 400n]]), '2026-01-12T00:00:00.000Z');
    await log.close('2026-01', '2026-02-05T00:00:00.000Z');
    const run = await log.issue('2026-01', '2026-02-05T00:00:00.000Z');
    await withLog(log.workspace.log, (reader) => syncClickHouse(reader, clickhouse));
    const way = clickhouseWay(clickhouse, {
      logId: log.logId,
      period: '2026-01',
      cutoffLogIndex: run.cutoffLogIndex,
    });
    await way.compute();
    const found: ComputedStatement[] = [];
    const documents = openDocuments(log.workspace);
    for await (const { statement, text } of way.documents()) {
      found.push(statement);
      expect(text).toBe(documents.get(statement.documentSha256));
    }
    documents.close();
    await way.close();
    expect(found).toEqual(run.statements);
    expect(found).toHaveLength(1);
  });
});
