import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../test/support/clickhouse/in-process.ts';
import { withLog } from '../log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import type { ClickHouse } from './client.ts';
import { STRETCH } from './copied.ts';
import { syncClickHouse, type SinkOptions } from './sink.ts';

const TERMS = {
  payeeId: 'p1',
  currency: 'USD',
  plan: RATE_10_PERCENT,
  lines: [1_000n, 5n],
  occurredAt: '2026-01-10T00:00:00.007Z',
  clearsAt: '2026-01-17T00:00:00.000Z',
};

describe('the copy of the log in ClickHouse', () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;
  let log: HandmadeLog;
  let next = 0;

  beforeAll(() => {
    engine = startInProcessClickHouse();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    clickhouse = await engine.open();
    log = new HandmadeLog();
    await log.setRules();
    next = 0;
  });
  afterEach(async () => {
    await clickhouse.close();
    await log.end();
  });

  const confirm = async (count: number) => {
    const last = next + count;
    for (; next < last; next += 1) await log.confirm({ ...TERMS, orderId: `o${next}` });
  };
  const sync = (options: SinkOptions = {}, of = log) =>
    withLog(of.workspace.log, (reader) => syncClickHouse(reader, clickhouse, options));
  const held = async () => {
    const [row] = await clickhouse.rows(
      `SELECT (SELECT count() FROM ledger_events FINAL) AS events,
              (SELECT count() FROM ledger_entries FINAL) AS entries,
              (SELECT sum(stated_minor) FROM ledger_entries FINAL) AS stated`,
    );
    return row;
  };

  it('holds every event once, whatever was added between', async () => {
    await confirm(3);
    expect(await sync()).toEqual({ events: 4, added: 4 });
    expect(await sync()).toEqual({ events: 4, added: 0 });
    await confirm(2);
    expect(await sync()).toEqual({ events: 6, added: 2 });
    expect(await held()).toEqual({ events: '6', entries: '5', stated: '505' });
  });

  it('holds what the log holds, to the byte, whatever characters are in it', async () => {
    await log.unchecked('influencer-p1', {
      type: 'InfluencerSuspended',
      data: { reason: 'tab\there, "quoted", \\n and \u2028 and é', occurredAt: 'unreadable' },
    });
    await log.confirm({ ...TERMS, orderId: 'o1', lineIds: ['a\u0000"', '\\\u001f'] });
    await sync();
    const events = await withLog(log.workspace.log, (reader) => reader.readAllText());
    const rows = await clickhouse.rows(
      'SELECT data, actor, toString(id) AS id, moves_money FROM ledger_events ORDER BY log_index',
    );
    expect(rows.map(({ data }) => data)).toEqual(events.map(({ data }) => data));
    expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(rows.map((row) => row['moves_money'])).toEqual([false, false, true]);
    const [entry] = await clickhouse.rows('SELECT lines.line_id AS ids, * FROM ledger_entries');
    expect(entry).toMatchObject({
      ids: ['a\u0000"', '\\\u001f'],
      stated_minor: '101',
      occurred_at: '2026-01-10 00:00:00.007',
      net_after_minor: '1005',
    });
  });

  it('counts nothing twice that was inserted twice and is not merged yet', async () => {
    await confirm(3);
    await sync();
    await clickhouse.run('SYSTEM STOP MERGES');
    await clickhouse.run('INSERT INTO ledger_events SELECT * FROM ledger_events');
    await clickhouse.run('INSERT INTO ledger_entries SELECT * FROM ledger_entries');
    const [rows] = await clickhouse.rows('SELECT count() AS rows FROM ledger_entries');
    expect(Number(rows!['rows'])).toBeGreaterThan(3);
    expect(await sync()).toEqual({ events: 4, added: 0 });
    expect(await held()).toEqual({ events: '4', entries: '3', stated: '303' });
    await clickhouse.run('SYSTEM START MERGES');
  });

  it('goes on after an insert that was cut off between events and entries', async () => {
    await confirm(3);
    await sync();
    await clickhouse.run('DELETE FROM ledger_entries WHERE log_index = 2');
    expect(await sync()).toMatchObject({ events: 4 });
    expect(await held()).toEqual({ events: '4', entries: '3', stated: '303' });
  });

  it('names what is missing further back, and fills nothing in', async () => {
    await log.fill(3 * STRETCH);
    await sync();
    await clickhouse.run('DELETE FROM ledger_events WHERE log_index BETWEEN 70 AND 90');
    await expect(sync()).rejects.toThrow(/event 70 of the log is missing.*drop their database/);
  }, 120_000);

  it('refuses the tables of another log', async () => {
    await sync();
    const other = new HandmadeLog();
    await other.setRules();
    await expect(sync({}, other)).rejects.toThrow(/a copy of another log/);
    await other.end();
  });

  it('refuses tables of a log that went on differently after it was restored', async () => {
    await confirm(2);
    await sync();
    await clickhouse.run(
      `ALTER TABLE ledger_events UPDATE id = generateUUIDv4() WHERE log_index = 2
       SETTINGS mutations_sync = 1`,
    );
    await confirm(1);
    await expect(sync()).rejects.toThrow(/hold event 2, which the log has not/);
  });

  it('refuses tables that are ahead of the log', async () => {
    await confirm(2);
    await sync();
    await clickhouse.run(
      `INSERT INTO ledger_events (log_id, log_index, stream, revision, type, id, recorded_at, data)
       SELECT log_id, 3, stream, revision + 9, type, generateUUIDv4(), recorded_at, '{}'
       FROM ledger_events WHERE log_index = 2`,
    );
    await expect(sync()).rejects.toThrow(/hold event 3, which the log has not/);
  });
});
