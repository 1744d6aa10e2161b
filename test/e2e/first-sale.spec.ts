// From an empty ledger to a settled order, through HTTP only, with the log on either store.
import { bootLedger, type TestLedger } from '../support/boot-ledger.ts';
import { type LogServer, STORES, startLogServer } from '../support/log-server.ts';

describe.each(STORES)('a first sale on %s', (store) => {
  let server: LogServer;
  let ledger: TestLedger;
  beforeAll(async () => {
    server = await startLogServer(store);
    const { environment } = server;
    ledger = await bootLedger({ now: '2026-01-10T12:00:00.000Z', environment });
  });
  afterAll(async () => {
    await ledger.close();
    await server.stop();
  });

  const done = async (sent: ReturnType<TestLedger['post']>) => {
    const reply = await sent;
    expect([reply.status, reply.body]).toEqual([200, expect.anything()]);
    return reply.body;
  };

  it('opens a task, issues a code, attributes an order and explains what it earned', async () => {
    const { post, put, get } = ledger;
    await done(
      put('/programme/rules', {
        firstPeriod: '2026-01',
        graceHours: 72,
        holdDays: 7,
        confirmationLimitDays: 180,
      }),
    );
    await done(post('/sellers', { sellerId: 's1' }));
    await done(post('/sellers/s1/enrol'));
    await done(post('/influencers', { influencerId: 'ada', kind: 'individual' }));
    await done(
      post('/codes', {
        codeId: 'c1',
        sellerId: 's1',
        name: 'Winter sale',
        discount: { kind: 'percentage', percentBps: 1_000 },
        minimumSpend: { amount: '2000', currency: 'USD' },
        codeType: 'storewide',
        redeemableFrom: '2026-01-01T00:00:00Z',
        redeemableUntil: '2026-02-28T23:59:59.999Z',
        totalLimit: 10,
      }),
    );
    await done(
      post('/codes/c1/affiliate/enable', {
        defaultChannel: {},
        reward: { kind: 'rate', rateBps: 1_000 },
      }),
    );
    const board = await get('/tasks?tab=store_promo_code');
    expect(board.body.items).toEqual([
      expect.objectContaining({ taskId: 'c1.default', status: 'open' }),
    ]);
    const review = await done(post('/tasks/c1.default/applications', { influencerId: 'ada' }));
    expect(review.outcome).toBe('approved');
    const awaiting = await get('/tasks?tab=awaiting_submission&influencerId=ada');
    expect(awaiting.body.items).toHaveLength(1);
    const { texts } = await done(
      post('/tasks/c1.default/applications/ada/codes', { requestId: 'r1' }),
    );
    expect(texts).toHaveLength(1);
    const details = await get('/tasks/c1.default?influencerId=ada');
    expect(details.body.ownCodes).toEqual([expect.objectContaining({ text: texts[0] })]);

    ledger.now = '2026-01-11T12:00:00.000Z';
    const order = await done(
      post('/orders', {
        sellerId: 's1',
        orderId: 'o1',
        code: texts[0].toLowerCase(),
        currency: 'USD',
        paidAt: '2026-01-11T10:00:00+01:00',
        buyerId: 'bob',
        lines: [
          { lineId: '1', productId: 'p1', quantity: 1, listMinor: '12000', paidMinor: '10000' },
        ],
      }),
    );
    expect(order).toEqual(expect.objectContaining({ outcome: 'attributed' }));
    const estimated = await get('/influencers/ada/earnings?state=estimated');
    expect(estimated.body.items).toEqual([
      expect.objectContaining({ amount: { amount: '1000', currency: 'USD' } }),
    ]);
    await done(post('/orders/s1/o1/confirmation', {}));
    const pending = await get('/influencers/ada/earnings?state=pending');
    expect(pending.body.items).toEqual([
      expect.objectContaining({
        amount: { amount: '1000', currency: 'USD' },
        reason: 'order_confirmed',
        clearsAt: '2026-01-18T12:00:00.000Z',
      }),
    ]);
    await done(
      post('/orders/s1/o1/refunds', {
        refundId: 'r1',
        currency: 'USD',
        refund: { kind: 'amount', amountMinor: '4000' },
      }),
    );
    const { body: explained } = await get('/orders/s1/o1/explanation');
    expect(explained.balances).toContainEqual({
      account: 'payee:ada:pending',
      currency: 'USD',
      amountMinor: '600',
    });
    const { body: codes } = await get('/sellers/s1/codes');
    expect(codes.items[0]).toEqual(
      expect.objectContaining({
        uses: 1,
        usesLeft: 9,
        sales: { amount: '10000', currency: 'USD' },
        salesAfterRefunds: { amount: '6000', currency: 'USD' },
        commissionOwed: { amount: '600', currency: 'USD' },
      }),
    );
    const { body: balance } = await get('/trial-balance');
    expect(balance).toEqual(expect.objectContaining({ isBalanced: true }));
    const { body: ada } = await get('/influencers/ada');
    expect(ada.balances).toEqual([
      expect.objectContaining({ pending: { amount: '600', currency: 'USD' } }),
    ]);
  });
});
