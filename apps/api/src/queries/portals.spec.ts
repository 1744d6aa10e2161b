// What portals and finance read: pages without gaps, earnings by state with date and reason, the
// journal and the trial balance, and why an order's amounts are what they are.
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import {
  done,
  issueText,
  openCode,
  openMarket,
  orderBody,
} from '../../../../test/support/market-over-http.ts';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('the portals', () => {
  let ledger: TestLedger;
  let text: string;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
    await openCode(ledger, 'c1', { totalLimit: 20 });
    text = await issueText(ledger, 'c1', 'ada');
    for (let at = 0; at < 7; at += 1) await done(ledger.post('/orders', orderBody(`o${at}`, text)));
    await done(ledger.post('/orders', orderBody('wrong', 'NOSUCHCODE')));
    for (const order of ['o0', 'o1', 'o2'])
      await done(ledger.post(`/orders/seller1/${order}/confirmation`));
    await done(ledger.post('/orders/seller1/o1/hold', { reason: 'check' }));
    const refund = { kind: 'amount', amountMinor: '4000' };
    await done(
      ledger.post('/orders/seller1/o2/refunds', { refundId: 'r1', currency: 'USD', refund }),
    );
    await handCodes();
  });
  afterAll(() => ledger.close());

  /** An agency with three codes; the first is promoted by its member, and used twice. */
  const handCodes = async () => {
    const occurredAt = '2026-01-03T00:00:00.000Z';
    const { post } = ledger;
    await done(post('/influencers', { influencerId: 'house', kind: 'agency', occurredAt }));
    await done(post('/influencers', { influencerId: 'bob', kind: 'individual', occurredAt }));
    await done(post('/influencers/house/members', { memberId: 'bob', occurredAt }));
    await openCode(ledger, 'c2');
    await openCode(ledger, 'c3');
    const texts: string[] = [];
    for (const codeId of ['c1', 'c2', 'c3']) {
      const applications = `/tasks/${codeId}.default/applications`;
      await done(post(applications, { influencerId: 'house', occurredAt }));
      const codes = `${applications}/house/codes`;
      texts.push(...(await done(post(codes, { requestId: 'r1', occurredAt }))).texts);
    }
    const handed = { payeeId: 'house', promoterId: 'bob', occurredAt };
    await done(post(`/issued-codes/${texts[1]}/assign`, handed));
    for (const orderId of ['h1', 'h2']) await done(post('/orders', orderBody(orderId, texts[1]!)));
  };

  const all = async (path: string) => {
    const items: any[] = [];
    let cursor = '';
    do {
      const { body } = await ledger.get(`${path}limit=2${cursor}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      items.push(...body.items);
      cursor = body.next === null ? '' : `&cursor=${encodeURIComponent(body.next)}`;
    } while (cursor !== '');
    return items;
  };

  it.each([
    ['/influencers/ada/orders?', 7],
    ['/sellers/seller1/orders?', 10],
    ['/sellers/seller1/orders?status=rejected&', 1],
    ['/influencers/ada/orders?status=attributed&codeId=c1&', 7],
    ['/influencers/bob/orders?', 2],
    ['/influencers/bob/codes?', 1],
    ['/influencers/house/codes?', 3],
    ['/tasks?', 3],
    ['/tasks?tab=store_promo_code&sellerId=seller1&status=open&channel=default&', 3],
    ['/tasks?sellerId=nobody&', 0],
    ['/tasks?tab=awaiting_submission&influencerId=ada&', 1],
    ['/tasks?tab=awaiting_submission&influencerId=house&', 3],
    ['/tasks?tab=ended&influencerId=house&', 0],
    ['/sellers/seller1/codes?', 3],
    ['/influencers/ada/earnings?state=estimated&', 4],
    ['/influencers/ada/earnings?state=pending&', 5],
    ['/journal?', 10],
    ['/journal?account=payee:ada:pending&', 5],
    ['/events?stream=promoCode-c1&', 10],
    ['/events?stream=promoCode-c1&from=3&', 7],
  ])('page through %s without gaps or repeats', async (path, count) => {
    const items = await all(path);
    expect(items).toHaveLength(count);
    expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(count);
    const { body } = await ledger.get(`${path}limit=200`);
    expect([body.items, body.next]).toEqual([items, null]);
  });

  it('refuse the cursor of another list', async () => {
    const { body } = await ledger.get('/influencers/ada/orders?limit=1');
    const other = await ledger.get(`/sellers/seller1/orders?cursor=${body.next}`);
    expect([other.status, other.body.pointers[0].pointer]).toEqual([400, '/cursor']);
  });

  it.each(['/influencers/nobody/codes', '/sellers/nobody/orders', '/influencers/nobody'])(
    'know no %s',
    async (path) => {
      expect((await ledger.get(path)).body.code).toBe('resource_must_exist');
    },
  );

  it('show each state of earnings with its date and reason', async () => {
    const state = async (name: string) =>
      (await ledger.get(`/influencers/ada/earnings?state=${name}`)).body.items;
    const pending = (await state('pending')).map((entry: any) => [
      entry.orderId,
      entry.amount.amount,
      entry.reason,
      entry.clearsAt,
    ]);
    expect(pending).toEqual([
      ['o2', '-400', 'order_refunded', '2026-01-22T12:00:00.000Z'],
      ['o1', '-1000', 'commission_held', '2026-01-22T12:00:00.000Z'],
      ['o2', '1000', 'order_confirmed', '2026-01-22T12:00:00.000Z'],
      ['o1', '1000', 'order_confirmed', '2026-01-22T12:00:00.000Z'],
      ['o0', '1000', 'order_confirmed', '2026-01-22T12:00:00.000Z'],
    ]);
    expect(await state('held')).toEqual([
      expect.objectContaining({
        state: 'held',
        amount: { amount: '1000', currency: 'USD' },
        reason: 'commission_held',
        orderId: 'o1',
      }),
    ]);
    expect(await state('payable')).toEqual([]);
    expect((await state('estimated'))[0]).toEqual(
      expect.objectContaining({
        state: 'estimated',
        reason: 'awaiting_confirmation',
        occurredAt: '2026-01-15T11:00:00.000Z',
        amount: { amount: '1000', currency: 'USD' },
      }),
    );
    const { body } = await ledger.get('/influencers/ada');
    expect(body.balances).toEqual([
      {
        currency: 'USD',
        estimated: usd('4000'),
        pending: usd('1600'),
        held: usd('1000'),
        payable: usd('0'),
      },
    ]);
  });

  it('show a seller what its code brought and what it owes', async () => {
    const { body } = await ledger.get('/sellers/seller1/codes');
    expect(body.items).toContainEqual(
      expect.objectContaining({
        codeId: 'c1',
        uses: 7,
        usesLeft: 13,
        attributedOrders: 7,
        sales: { amount: '70000', currency: 'USD' },
        salesAfterRefunds: { amount: '66000', currency: 'USD' },
        commissionEstimated: { amount: '4000', currency: 'USD' },
        commissionOwed: { amount: '2600', currency: 'USD' },
      }),
    );
  });

  it('show an order with its refunds, and a rejected one with its reason', async () => {
    const { body } = await ledger.get('/orders/seller1/o2');
    expect(body).toEqual(
      expect.objectContaining({
        status: 'attributed',
        paid: { amount: '10000', currency: 'USD' },
        remaining: { amount: '6000', currency: 'USD' },
        earned: { amount: '600', currency: 'USD' },
        refunds: [
          expect.objectContaining({
            refundId: 'r1',
            status: 'applied',
            amount: { amount: '4000', currency: 'USD' },
          }),
        ],
      }),
    );
    const wrong = await ledger.get('/orders/seller1/wrong');
    expect([wrong.body.status, wrong.body.rejectedReason]).toEqual(['rejected', 'unknown_code']);
  });

  it('explain an order from its own events and since when its plan held', async () => {
    const { body } = await ledger.get('/orders/seller1/o2/explanation');
    expect(body.attribution.planInForceSince).toBe('2026-01-02T00:00:00.000Z');
    expect(body.steps.map(({ type }: { type: string }) => type)).toEqual([
      'OrderAttributed',
      'OrderConfirmed',
      'OrderRefunded',
    ]);
    expect(body.balances).toContainEqual({
      account: 'payee:ada:pending',
      currency: 'USD',
      amountMinor: '600',
    });
    const none = await ledger.get('/orders/seller1/none/explanation');
    expect([none.status, none.body.code]).toEqual([404, 'resource_must_exist']);
  });

  it('balance to zero in every currency, at a place of the log', async () => {
    const { body } = await ledger.get('/trial-balance');
    expect(body).toEqual({
      events: expect.any(Number),
      isBalanced: true,
      currencies: [
        {
          currency: 'USD',
          sum: usd('0'),
          isBalanced: true,
          kinds: [
            { kind: 'payee:held', accounts: 1, sum: usd('1000') },
            { kind: 'payee:pending', accounts: 1, sum: usd('1600') },
            { kind: 'seller:commission', accounts: 1, sum: usd('-2600') },
          ],
        },
      ],
    });
    const { body: head } = await ledger.get('/journal?account=payee:ada:held');
    expect(head.items).toHaveLength(1);
  });

  it('show a stream as it is stored', async () => {
    const { body } = await ledger.get('/events?stream=order-seller1/o0');
    expect(body.items.map(({ event }: { event: string }) => event)).toEqual([
      'order-seller1/o0@0',
      'order-seller1/o0@1',
    ]);
    expect(JSON.stringify(body)).not.toContain('buyer of');
    expect((await ledger.get('/events?stream=seller-nobody')).body).toEqual({
      items: [],
      next: null,
    });
  });
});
