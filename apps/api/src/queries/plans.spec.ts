// Reads share the thread with every order: each list walks an index and ends at its limit, whatever
// the size of the tables.
import type { ReadModel } from '#read-store/read-model.ts';
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import {
  done,
  issueText,
  openCode,
  openMarket,
} from '../../../../test/support/market-over-http.ts';
import { READ_STORE } from '../wiring.ts';

describe('the plan of', () => {
  let ledger: TestLedger;
  let read: ReadModel;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
    await openCode(ledger, 'c1');
    await issueText(ledger, 'c1', 'ada');
    read = ledger.app.get<ReadModel>(READ_STORE);
  });
  afterAll(() => ledger.close());

  /** How SQLite answers each statement that the request ran. */
  const plansOf = async (path: string) => {
    const { all, get } = read;
    const ran: Parameters<ReadModel['all']>[] = [];
    const noting = (...asked: Parameters<ReadModel['all']>) => (ran.push(asked), asked);
    Object.assign(read, {
      all: (...asked: Parameters<ReadModel['all']>) => all(...noting(...asked)),
      get: (...asked: Parameters<ReadModel['all']>) => get(...noting(...asked)),
    });
    await done(ledger.get(path));
    Object.assign(read, { all, get });
    return ran.flatMap(([sql, parameters]) =>
      read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters),
    );
  };

  it.each([
    '/tasks',
    '/tasks?tab=store_promo_code&status=open',
    '/tasks?sellerId=seller1',
    '/tasks?channel=default&influencerId=ada',
    '/tasks?tab=submitted&influencerId=ada',
    '/tasks/c1.default?influencerId=ada',
    '/influencers/ada',
    '/influencers/ada/codes',
    '/influencers/ada/codes?taskId=c1.default',
    '/influencers/ada/orders',
    '/influencers/ada/orders?status=attributed',
    '/influencers/ada/earnings?state=estimated',
    '/influencers/ada/earnings?state=pending',
    '/influencers/ada/earnings?state=payable&currency=USD',
    '/influencers/ada/earnings?state=held',
    '/sellers/seller1',
    '/sellers/seller1/codes',
    '/sellers/seller1/orders',
    '/sellers/seller1/activities',
    '/codes/c1',
    '/journal',
    '/journal?account=payee:ada:pending',
    '/statements?period=2026-01',
    '/statements?payeeId=ada',
    '/periods',
    '/activities',
  ])('%s reads no table from end to end', async (path) => {
    const plans = (await plansOf(path)).map(({ detail }) => detail);
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.filter((step) => /^SCAN (?!.*USING|CONSTANT|\(subquery)/.test(step))).toEqual([]);
  });
});
