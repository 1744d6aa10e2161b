// A month from its orders to its statements, through HTTP only.
import { bootLedger, type TestLedger } from '../support/boot-ledger.ts';
import { done, issueText, openCode, openMarket, orderBody } from '../support/market-over-http.ts';

describe('a month', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
    await openCode(ledger, 'c1');
  });
  afterAll(() => ledger.close());

  it('is closed after its grace, and what cleared in it is stated and payable', async () => {
    const text = await issueText(ledger, 'c1', 'ada');
    await done(ledger.post('/orders', orderBody('o1', text)));
    await done(ledger.post('/orders/seller1/o1/confirmation'));
    ledger.now = '2026-01-28T12:00:00.000Z';
    await done(ledger.post('/orders', orderBody('o2', text)));
    await done(ledger.post('/orders/seller1/o2/confirmation'));

    const early = await ledger.post('/programme/periods', { period: '2026-01' });
    expect([early.status, early.body.code]).toEqual([409, 'period_must_be_past_its_grace']);
    ledger.now = '2026-02-05T00:00:00.000Z';
    await done(ledger.post('/programme/periods', { period: '2026-01' }));
    const run = await done(ledger.post('/programme/periods/2026-01/statement-run'));
    expect(run).toEqual(expect.objectContaining({ period: '2026-01', statementCount: 1 }));

    const { body: statements } = await ledger.get('/statements?payeeId=ada');
    expect(statements.items).toEqual([
      expect.objectContaining({
        period: '2026-01',
        lineCount: 1,
        opening: { amount: '0', currency: 'USD' },
        closing: { amount: '1000', currency: 'USD' },
      }),
    ]);
    const payable = await ledger.get('/influencers/ada/earnings?state=payable');
    expect(payable.body.items).toEqual([
      expect.objectContaining({ orderId: 'o1', statedIn: '2026-01' }),
    ]);
    const pending = await ledger.get('/influencers/ada/earnings?state=pending');
    expect(pending.body.items).toEqual([expect.objectContaining({ orderId: 'o2' })]);

    const document = await ledger.get('/statements/ada/2026-01/USD');
    expect(document.status).toBe(200);
    const csv = await ledger.get('/statements/ada/2026-01/USD?format=csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body).toContain('o1');
    const { body: periods } = await ledger.get('/periods');
    expect(periods.items).toEqual([
      expect.objectContaining({ period: '2026-01', status: 'completed', statementCount: 1 }),
    ]);
    expect((await ledger.get('/trial-balance')).body.isBalanced).toBe(true);
  });
});
