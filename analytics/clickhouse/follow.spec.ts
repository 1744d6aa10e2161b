// The copy as it is kept in operation: over HTTP, with a server that comes and goes, by several at
// once and beside a close.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type LogSource, openEventStore } from '#event-store/log-source.ts';
import { ClickHouseServer } from '../../test/support/clickhouse/server.ts';
import { startEventStoreDouble } from '../../test/support/eventstore-double/double.ts';
import { until } from '../../test/support/until.ts';
import { withLog } from '../log.ts';
import { carryDirectory } from '../statements/carry.ts';
import { computeRun } from '../statements/compute-run.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import type { ClickHouseTarget } from '../workspace.ts';
import { openClickHouse } from './client.ts';
import { type CopyNews, followIntoClickHouse } from './follow.ts';

const CLOSED_AT = '2026-02-05T00:00:00.000Z';

describe('the copy of the log that is kept up to date', () => {
  let server: ClickHouseServer;
  let target: ClickHouseTarget;
  let log: HandmadeLog;
  let orders: number;

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    target = server.target();
    orders = 0;
    log = new HandmadeLog();
    await log.setRules();
  });
  afterEach(async () => {
    for (const { end, ended } of kept.splice(0)) {
      end.abort();
      await ended;
    }
    await log.end();
  });

  const kept: Kept[] = [];
  interface Kept {
    readonly end: AbortController;
    readonly news: CopyNews[];
    readonly ended: Promise<void>;
  }
  const keep = (source: LogSource = log.workspace.log): Kept => {
    const end = new AbortController();
    const news: CopyNews[] = [];
    const ended = followIntoClickHouse(source, target, {
      ...{ signal: end.signal, lingerMs: 1, firstPauseMs: 5 },
      onNews: (each) => news.push(each),
    });
    kept.push({ end, news, ended });
    return kept.at(-1)!;
  };
  const confirm = async (count: number) => {
    for (const last = orders + count; orders < last; orders += 1)
      await log.confirm({
        ...{ orderId: `o${orders}`, payeeId: `p${orders % 3}`, currency: 'USD' },
        ...{ plan: RATE_10_PERCENT, lines: [1_000n], occurredAt: '2026-01-10T00:00:00.000Z' },
        clearsAt: orders % 4 === 0 ? '2026-02-10T00:00:00.000Z' : '2026-01-17T00:00:00.000Z',
      });
  };
  const hasCaughtUp = ({ news }: Kept, events: number) => {
    const last = news.at(-1);
    return last?.kind === 'copied' && last.isCaughtUp && last.events === events;
  };
  const rows = async (sql: string) => {
    const clickhouse = await openClickHouse(target);
    return clickhouse.rows(sql).finally(() => clickhouse.close());
  };
  /** What analysts see of the log, with all that the log holds of it. */
  async function expectWhole() {
    const events = await withLog(log.workspace.log, (reader) => reader.readAllText());
    const found = await rows('SELECT toString(id) AS id, data FROM events ORDER BY log_index');
    expect(found).toEqual(events.map(({ id, data }) => ({ id, data })));
    const [money] = await rows(
      'SELECT count() AS n, ifNull(sum(commission_minor), 0) AS s FROM commissions',
    );
    expect(money).toEqual({ n: String(orders), s: String(100 * orders) });
  }

  it('is what the log holds, with the views over it, until it is told to stop', async () => {
    const copy = keep();
    await until(() => hasCaughtUp(copy, 1));
    await confirm(3);
    await until(() => hasCaughtUp(copy, 4));
    await expectWhole();
    copy.end.abort();
    await copy.ended;
    await confirm(1);
    expect(await rows('SELECT count() AS events FROM events')).toEqual([{ events: '4' }]);
  });

  it('goes on after ClickHouse was away, from before it began or later, and says so', async () => {
    await server.kill();
    const copy = keep();
    await until(() => copy.news.filter(({ kind }) => kind === 'outage').length > 2);
    await confirm(2);
    await server.restart();
    await until(() => hasCaughtUp(copy, 3));
    await server.kill();
    await confirm(2);
    await until(() => copy.news.at(-1)?.kind === 'outage');
    expect(copy.news.at(-1)).toMatchObject({
      isDamage: false,
      message: expect.stringMatching(/^ClickHouse at 127\.0\.0\.1:\d+ cannot be reached: /),
    });
    await server.restart();
    await until(() => hasCaughtUp(copy, 5));
    await expectWhole();
    const outages = copy.news.filter((each) => each.kind === 'outage');
    expect(outages.slice(0, 3).map(({ againInMs }) => againInMs)).toEqual([5, 10, 20]);
    expect(JSON.stringify(copy.news)).not.toContain('not-a-secret');
  });

  it('names what is damaged, and goes on once its database was dropped as it says', async () => {
    const before = keep();
    await until(() => hasCaughtUp(before, 1));
    before.end.abort();
    await before.ended;
    await rows("SELECT throwIf(count() <> 1, 'one') FROM ledger_events");
    const clickhouse = await openClickHouse(target);
    await clickhouse.run(
      `INSERT INTO ledger_events (log_id, log_index, stream, revision, type, id, recorded_at, data)
       SELECT 'of another', 1, stream, 1, type, generateUUIDv4(), recorded_at, data
       FROM ledger_events`,
    );
    const copy = keep();
    await until(() => copy.news.at(-1)?.kind === 'outage');
    expect(copy.news.at(-1)).toMatchObject({
      isDamage: true,
      message: expect.stringMatching(/another log.*drop their database/),
    });
    await clickhouse.run(`DROP DATABASE ${target.database}`);
    await clickhouse.close();
    await until(() => hasCaughtUp(copy, 1));
    await expectWhole();
  });

  it('counts everything once, though several keep it while the log grows', async () => {
    const copies = [keep(), keep(), keep()];
    for (let round = 0; round < 25; round += 1) await confirm(4);
    for (const copy of copies) await until(() => hasCaughtUp(copy, 101));
    for (const { news } of copies) expect(news.filter(({ kind }) => kind === 'outage')).toEqual([]);
    await expectWhole();
  });

  it('goes on beside a close, whose statements are those of the other engine', async () => {
    await confirm(40);
    await log.close('2026-01', CLOSED_AT);
    const wanted = await log.recompute('2026-01', { kind: 'duckdb' });
    const workspace = { ...log.workspace, engine: { kind: 'clickhouse', ...target } as const };
    const copies = [keep(), keep()];
    const [run] = await Promise.all([computeRun(workspace, '2026-01'), confirm(20)]);
    expect(run).toEqual(wanted);
    expect(existsSync(carryDirectory(workspace.lakeDirectory, '2026-01'))).toBe(true);
    for (const copy of copies) await until(() => hasCaughtUp(copy, 62));
    await expectWhole();
  });

  it('goes on after the log was out of reach, and says so', async () => {
    const double = await startEventStoreDouble();
    const { connection } = double;
    const source = { kind: 'eventstoredb', connection, prefix: 'shop.' } as const;
    const store = await openEventStore(source);
    const append = (sellerId: string) => {
      const id = randomUUID();
      const data = { sellerId, occurredAt: CLOSED_AT };
      const metadata = {
        correlationId: id,
        causationId: id,
        actor: 'test:x',
        recordedAt: CLOSED_AT,
      };
      const event = { id, type: 'SellerJoined', data, metadata };
      return store.append(`seller-${sellerId}`, 'no_stream', [event]);
    };
    await append('s1');
    const copy = keep(source);
    await until(() => hasCaughtUp(copy, 1));
    await double.faults.refuseConnections();
    await until(() => copy.news.at(-1)?.kind === 'outage');
    expect(copy.news.at(-1)).toMatchObject({
      isDamage: false,
      message: expect.stringContaining('EventStoreDB at 127.0.0.1'),
    });
    await double.faults.acceptConnections();
    await append('s2');
    await until(() => hasCaughtUp(copy, 2));
    expect(await rows('SELECT stream FROM events ORDER BY log_index')).toEqual([
      { stream: 'seller-s1' },
      { stream: 'seller-s2' },
    ]);
    copy.end.abort();
    await copy.ended;
    await store.close();
    await double.stop();
  }, 60_000);

  it('ends with what no waiting mends', async () => {
    const source = { kind: 'sqlite', file: `${log.directory}/none.db` } as const;
    const { signal } = new AbortController();
    const news: CopyNews[] = [];
    const following = followIntoClickHouse(source, target, {
      signal,
      onNews: (each) => news.push(each),
    });
    await expect(following).rejects.toMatchObject({ name: 'LogMissing' });
    expect(news).toEqual([]);
  });
});
