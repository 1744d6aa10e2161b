// What a caller gets when it is not the caller's fault: when to come back, or the id under which
// the bug was logged, and never what was inside.
import { ClickHouseUnreachable } from '#analytics/clickhouse/client.ts';
import type { Runner } from '#event-store/runner.ts';
import { OutcomeUnknown } from '#event-store/port.ts';
import { done, openMarket } from '../../../../test/support/market-over-http.ts';
import type { Follower } from '../follower/follower.ts';
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import { FOLLOWER, RUNNER } from '../wiring.ts';

describe('an outage', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
  });
  afterEach(() => ledger.close());

  it('of the log is told with the time to come back, and reads go on', async () => {
    expect((await ledger.get('/sellers/seller1')).status).toBe(200);
    await ledger.store.close();
    const reply = await ledger.post('/sellers', { sellerId: 'seller2' });
    expect([reply.status, reply.body.code]).toEqual([503, 'store_must_be_available']);
    expect(reply.headers['retry-after']).toBe('1');
    const read = await ledger.app.inject({ method: 'GET', url: '/sellers/seller1' });
    expect(read.statusCode).toBe(200);
  });

  it('of the read models is told to those who wait for them, and ends readiness', async () => {
    const { headers } = await ledger.post('/sellers', { sellerId: 'seller2' });
    await ledger.app.get<Follower>(FOLLOWER).stop();
    await done(ledger.post('/sellers', { sellerId: 'seller3' }));
    const reply = await ledger.get('/sellers/seller3');
    expect([reply.status, reply.body.code]).toEqual([503, 'position_must_be_reached']);
    expect(reply.headers['retry-after']).toBe('1');
    const ready = await ledger.get('/health/ready');
    expect([ready.status, ready.body.follower.state]).toEqual([503, 'stopped']);
    expect(headers['promo-ledger-position']).toBeDefined();
  });

  const failing = (error: Error) => {
    const runner = ledger.app.get<Runner>(RUNNER);
    runner.transact = async () => {
      throw error;
    };
    return ledger.post('/sellers', { sellerId: 'seller4' });
  };

  it('in the middle of a write says that the outcome is not known', async () => {
    const { status, body } = await failing(new OutcomeUnknown('gone'));
    expect([status, body.code]).toEqual([503, 'outcome_must_be_known']);
  });

  it('of the engine that computes statements is told as one, and not as a bug', async () => {
    const reply = await failing(new ClickHouseUnreachable('http://host:8123 is gone'));
    expect([reply.status, reply.body.code]).toEqual([503, 'engine_must_be_available']);
    expect(reply.headers['retry-after']).toBe('1');
    expect(JSON.stringify(reply.body)).not.toContain('8123');
  });

  it('that is a bug says nothing but its id', async () => {
    const { status, body } = await failing(new TypeError('the password is 1234'));
    expect([status, body.code]).toEqual([500, 'bug_must_be_reported']);
    expect(JSON.stringify(body)).not.toContain('1234');
    expect(body.instance).toMatch(/^urn:uuid:/);
  });
});

describe('a replay', () => {
  it('is told line by line and ends in the same rows', async () => {
    const ledger = await bootLedger();
    await openMarket(ledger);
    await ledger.get('/sellers/seller1');
    const lines = async (body?: object) => {
      const reply = await ledger.post('/replays', body);
      expect(reply.headers['content-type']).toBe('application/x-ndjson');
      return String(reply.body || '')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { projection?: string; matches?: boolean });
    };
    const all = await lines();
    const reports = all.filter(({ projection }) => projection !== undefined);
    expect(reports.length).toBeGreaterThan(10);
    expect(reports.every(({ matches }) => matches === true)).toBe(true);
    expect((await lines({ projections: ['sellers'] })).at(-1)).toEqual(
      expect.objectContaining({ projection: 'sellers', matches: true }),
    );
    expect((await lines({ projections: ['no-such'] })).at(-1)).toEqual({
      failed: expect.any(String),
    });
    await ledger.close();
  });
});
