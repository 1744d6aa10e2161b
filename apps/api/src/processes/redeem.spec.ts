import { orderStream, promoCodeStream } from '#ledger/streams.ts';
import { BuyerKeys } from '../buyer-keys.ts';
import { Refused, Written } from '../http/answer.ts';
import { look } from './look.ts';
import type { OrderAnswer } from './order-answer.ts';
import type { OrderRequest } from './order-request.ts';
import { redeem } from './redeem.ts';
import { Market, orderOf } from '../../../../test/support/order-market.ts';

describe('taking an order', () => {
  it('attributes it by the verdict that its code reserved', async () => {
    const market = await Market.open();
    const { body } = await written(market, orderOf('o1'));
    expect(body).toMatchObject({
      outcome: 'attributed',
      codeId: 'c1',
      payeeId: 'ada',
      commission: { amount: '800', currency: 'USD' },
      event: 'order-s1/o1@0',
      reservation: 'promoCode-c1@3',
    });
    const [attributed] = await market.stored(orderStream('s1', 'o1'));
    const reserved = (await market.stored(promoCodeStream('c1')))[3];
    expect((attributed?.data as any).verdict).toEqual((reserved?.data as any).verdict);
    expect((reserved?.data as any).verdict.judgedOn).toEqual([
      'issuedCode-ADA10@0',
      'seller-s1@1',
      'influencer-ada@0',
    ]);
  });

  it('names the code as the rejection saw it, not as it was when the order came in', async () => {
    const market = await Market.open({ totalLimit: 1 });
    const [first, second] = [
      await look(market.desk, orderOf('o1')),
      await look(market.desk, orderOf('o2')),
    ];
    await redeem(market.desk, first, market.context());
    await redeem(market.desk, second, market.context());
    const [rejected] = await market.stored(orderStream('s1', 'o2'));
    expect(rejected?.data).toMatchObject({
      reason: 'total_limit_reached',
      judgedOn: ['issuedCode-ADA10@0', 'seller-s1@1', 'influencer-ada@0', 'promoCode-c1@3'],
    });
  });

  it('keeps no buyer in the clear', async () => {
    const market = await Market.open();
    await written(market, orderOf('o1', { buyerId: 'jane@example.org' }));
    const log = JSON.stringify(await market.store.readAll(), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(log).not.toContain('jane');
  });

  it('answers the same order again with the first answer and stores nothing', async () => {
    const market = await Market.open();
    const first = await written(market, orderOf('o1'));
    const head = await market.store.head();
    const again = await written(market, orderOf('o1'));
    expect(again.body).toEqual(first.body);
    expect(again.isRepeat).toBe(true);
    expect(await market.store.head()).toBe(head);
  });

  it('answers an unknown code again as at first when there is a new buyer key', async () => {
    const old = ['key_old', Buffer.alloc(32, 1)] as const;
    const market = await Market.open({}, undefined, new BuyerKeys(new Map([old])));
    const order = orderOf('o1', { text: 'NEVER123' });
    const first = await written(market, order);
    const keys = new BuyerKeys(new Map([['key_new', Buffer.alloc(32, 2)], old]));
    const later = new Market(market.store, keys);
    expect((await written(later, order)).body).toEqual(first.body);
    const other = { text: 'NEVER123', buyerId: 'another' };
    expect(await refusalOf(later, orderOf('o1', other))).toBe('order_must_not_change');
  });

  it.each([
    ['another amount', { lines: [{ ...orderOf('o1').lines[0]!, paidMinor: '1' }] }],
    ['another buyer', { buyerId: 'someone-else' }],
    ['an unknown code', { text: 'NEVER123' }],
    ['another code', { text: 'OTHER22' }],
    ['a confirmation', { confirmedAt: '2026-01-20T11:30:00.000Z' }],
  ])('refuses the same order with %s, and stores nothing', async (_, change) => {
    const market = await Market.open();
    await market.code({ codeId: 'c2', text: 'OTHER22' });
    await written(market, orderOf('o1'));
    const head = await market.store.head();
    expect(await refusalOf(market, orderOf('o1', change))).toBe('order_must_not_change');
    expect(await market.store.head()).toBe(head);
  });

  it.each([
    ['unknown_code', { text: 'NEVER123' }],
    ['unknown_code', { text: null }],
    ['unknown_code', { sellerId: 's2' }],
    ['unknown_code', { paidAt: '2025-12-31T23:59:59.999Z' }],
    ['currency_differs', { currency: 'EUR' }],
    ['self_purchase', { buyerId: 'ada' }],
  ])('stores why an order is rejected: %s', async (reason, change) => {
    const market = await Market.open();
    const request = orderOf('o1', change);
    const { body } = await written(market, request);
    expect(body).toMatchObject({ outcome: 'rejected', reason });
    const stream = orderStream(request.sellerId, 'o1');
    expect(await market.typesOf(stream)).toEqual(['OrderRejected']);
    expect((await written(market, request)).body).toEqual(body);
    expect(await market.typesOf(promoCodeStream('c1'))).not.toContain('RedemptionReserved');
  });

  it('stays rejected when its text leads to a code later', async () => {
    const market = await Market.open();
    const first = await written(market, orderOf('o1', { text: 'LATER123' }));
    await market.code({ codeId: 'c2', text: 'LATER123' });
    const again = await written(market, orderOf('o1', { text: 'LATER123' }));
    expect(again.body).toEqual(first.body);
  });

  it('refuses without a trace an order paid more than five minutes ahead', async () => {
    const market = await Market.open();
    const head = await market.store.head();
    const ahead = orderOf('o1', { paidAt: '2026-01-20T12:05:00.001Z' });
    expect(await refusalOf(market, ahead)).toBe('paid_at_must_not_be_ahead_of_the_clock');
    const justInTime = orderOf('o1', { paidAt: '2026-01-20T12:05:00.000Z' });
    expect(await market.store.head()).toBe(head);
    expect((await written(market, justInTime)).body.outcome).toBe('attributed');
  });

  it('refuses orders before the programme has rules', async () => {
    expect(await refusalOf(new Market(), orderOf('o1'))).toBe('programme_rules_must_be_set');
  });

  it('never exceeds a limit, however many orders come at once', async () => {
    const market = await Market.open({ totalLimit: 5 });
    const orders = Array.from({ length: 20 }, (_, n) => orderOf(`o${n}`));
    const answers = await Promise.all(orders.map((order) => written(market, order)));
    const outcomes = answers.map(({ body }) => body.reason ?? body.outcome);
    expect(outcomes.filter((each) => each === 'attributed')).toHaveLength(5);
    expect(outcomes.filter((each) => each === 'total_limit_reached')).toHaveLength(15);
  });

  it('reserves in the order in which it was called', async () => {
    const market = await Market.open({ perBuyerLimit: 1 });
    const orders = ['o1', 'o2', 'o3'].map((id) => orderOf(id, { buyerId: 'b' }));
    const seen = await Promise.all(orders.map((order) => look(market.desk, order)));
    const answers = await Promise.all(
      seen.map((each) => redeem(market.desk, each, market.context())),
    );
    expect(answers.map((answer) => (answer as Written<OrderAnswer>).body.outcome)).toEqual([
      'attributed',
      'rejected',
      'rejected',
    ]);
  });

  it('gives one order one outcome when it comes many times at once', async () => {
    const market = await Market.open({ totalLimit: 1 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => written(market, orderOf('o1'))),
    );
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    expect(await market.typesOf(orderStream('s1', 'o1'))).toEqual(['OrderAttributed']);
    const reserved = await market.typesOf(promoCodeStream('c1'));
    expect(reserved.filter((type) => type === 'RedemptionReserved')).toHaveLength(1);
  });

  it('releases the other use of an order that was sent under two codes at once', async () => {
    const market = await Market.open({ totalLimit: 1 });
    await market.code({ codeId: 'c2', text: 'OTHER22', totalLimit: 1 });
    const answers = await Promise.all([
      take(market, orderOf('o1')),
      take(market, orderOf('o1', { text: 'OTHER22' })),
    ]);
    expect(answers.filter((answer) => answer instanceof Written)).toHaveLength(1);
    expect(answers.filter((answer) => answer instanceof Refused)).toHaveLength(1);
    const released = (await market.store.readAll()).filter(
      ({ type }) => type === 'RedemptionReleased',
    );
    expect(released).toHaveLength(1);
    expect(released[0]?.data).toMatchObject({ orderId: 'o1', settledBy: 'order-s1/o1@0' });
  });

  it('confirms an order that came confirmed', async () => {
    const market = await Market.open();
    await written(market, orderOf('o1', { confirmedAt: '2026-01-20T11:30:00.000Z' }));
    expect(await market.typesOf(orderStream('s1', 'o1'))).toEqual([
      'OrderAttributed',
      'OrderConfirmed',
    ]);
  });

  it('holds what an influencer earns who was suspended when the order was paid', async () => {
    const market = await Market.open();
    await market.given('influencer-ada', {
      type: 'InfluencerSuspended',
      data: { influencerId: 'ada', reason: 'review', occurredAt: '2026-01-20T10:00:00.000Z' },
    });
    await written(market, orderOf('o1'));
    await written(market, orderOf('o2', { paidAt: '2026-01-20T09:59:59.999Z' }));
    expect(await market.typesOf(orderStream('s1', 'o1'))).toContain('CommissionHeld');
    expect(await market.typesOf(orderStream('s1', 'o2'))).not.toContain('CommissionHeld');
  });
});

const take = async (market: Market, request: OrderRequest) =>
  redeem(market.desk, await look(market.desk, request), market.context());

async function written(market: Market, request: OrderRequest): Promise<Written<OrderAnswer>> {
  const answer = await take(market, request);
  if (answer instanceof Written) return answer;
  throw new Error(answer.refusal.refused);
}

async function refusalOf(market: Market, request: OrderRequest): Promise<string> {
  const answer = await take(market, request);
  return answer instanceof Refused ? answer.refusal.refused : answer.body.outcome;
}
