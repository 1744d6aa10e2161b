// What can be told of an order: each slice does it, refuses it, and answers it the same again.
import { orderStream } from '#ledger/streams.ts';
import { Refused, Written, type Answer } from '../http/answer.ts';
import { look } from '../processes/look.ts';
import { redeem } from '../processes/redeem.ts';
import type { OrderFactAnswer } from '../processes/tell-order.ts';
import { Market, orderOf } from '../../../../test/support/order-market.ts';
import { CancelRefund, CancelRefundHandler } from './cancel-refund.ts';
import { ConfirmOrder, ConfirmOrderHandler } from './confirm-order.ts';
import { HoldCommission, HoldCommissionHandler } from './hold-commission.ts';
import { InvalidateOrder, InvalidateOrderHandler } from './invalidate-order.ts';
import { RefundOrder, RefundOrderHandler } from './refund-order.ts';
import { ReleaseCommission, ReleaseCommissionHandler } from './release-commission.ts';

const O1 = { sellerId: 's1', orderId: 'o1' };
const refund = (refundId: string, amountMinor: string, more = {}) => ({
  ...{ ...O1, refundId, currency: 'USD', ...more },
  refund: { kind: 'amount', amountMinor } as const,
});

describe('a confirmation', () => {
  it('moves what the order earns to pending', async () => {
    const { confirm } = await shop();
    const { body } = written(await confirm({ ...O1 }));
    expect(body).toEqual({
      ...O1,
      outcome: 'confirmed',
      event: 'order-s1/o1@1',
      occurredAt: '2026-01-20T12:00:00.000Z',
      moved: { amount: '800', currency: 'USD' },
    });
  });

  it('without a time of its own is the one that the order has', async () => {
    const { confirm, market } = await shop();
    const first = written(await confirm({ ...O1 }));
    market.now = '2026-01-21T12:00:00.000Z';
    const again = written(await confirm({ ...O1 }));
    expect(again.body).toEqual(first.body);
    expect(again.isRepeat).toBe(true);
    expect(await market.typesOf(orderStream('s1', 'o1'))).toHaveLength(2);
  });

  it('with another time is refused', async () => {
    const { confirm } = await shop();
    await confirm({ ...O1 });
    const other = await confirm({ ...O1, occurredAt: '2026-01-20T11:59:00.000Z' });
    expect(refusal(other)).toBe('confirmation_must_not_change');
  });

  it('more than five minutes ahead of the clock is refused', async () => {
    const { confirm } = await shop();
    const ahead = await confirm({ ...O1, occurredAt: '2026-01-20T12:05:00.001Z' });
    expect(refusal(ahead)).toBe('occurred_at_must_not_be_ahead_of_the_clock');
  });

  it('before its order is parked, and answered so ever after', async () => {
    const { confirm, market, order } = await shop({ isEmpty: true });
    const early = { ...O1, occurredAt: '2026-01-20T11:30:00.000Z' };
    expect(written(await confirm(early)).body.outcome).toBe('parked');
    await order('o1');
    expect(written(await confirm(early)).body.outcome).toBe('parked');
    expect(await market.typesOf(orderStream('s1', 'o1'))).toEqual([
      'ConfirmationParked',
      'OrderAttributed',
      'OrderConfirmed',
    ]);
  });
});

describe('a refund', () => {
  it('takes from the order what it says, once', async () => {
    const { confirm, refundOrder, market } = await shop();
    await confirm({ ...O1 });
    const first = written(await refundOrder(refund('r1', '4000')));
    expect(first.body).toMatchObject({
      outcome: 'refunded',
      refundId: 'r1',
      moved: { amount: '-400', currency: 'USD' },
    });
    market.now = '2026-01-22T12:00:00.000Z';
    expect(written(await refundOrder(refund('r1', '4000'))).body).toEqual(first.body);
    expect(await market.typesOf(orderStream('s1', 'o1'))).toHaveLength(3);
  });

  it.each([
    ['another amount', refund('r1', '1')],
    ['another time', refund('r1', '4000', { occurredAt: '2026-01-20T11:59:00.000Z' })],
  ])('with %s under the same id is refused', async (_, other) => {
    const { refundOrder } = await shop();
    await refundOrder(refund('r1', '4000'));
    expect(refusal(await refundOrder(other))).toBe('refund_must_not_change');
  });

  it('of more than remains is stored as refused, with the reason', async () => {
    const { refundOrder } = await shop();
    const first = written(await refundOrder(refund('r1', '8001')));
    expect(first.body).toMatchObject({ outcome: 'refund_refused', reason: 'more_than_remains' });
    expect(written(await refundOrder(refund('r1', '8001'))).body).toEqual(first.body);
  });

  it('of a rejected order is answered and not stored', async () => {
    const { refundOrder, order, market } = await shop({ isEmpty: true });
    await order('o1', { text: 'NEVER123' });
    expect(refusal(await refundOrder(refund('r1', '1')))).toBe('order_must_be_attributed');
    expect(await market.typesOf(orderStream('s1', 'o1'))).toEqual(['OrderRejected']);
  });
});

describe('the cancellation of a refund', () => {
  it('gives back what the refund took, once', async () => {
    const { confirm, refundOrder, cancel } = await shop();
    await confirm({ ...O1 });
    await refundOrder(refund('r1', '4000'));
    const first = written(await cancel({ ...O1, refundId: 'r1' }));
    expect(first.body).toMatchObject({ outcome: 'refund_cancelled', moved: { amount: '400' } });
    expect(written(await cancel({ ...O1, refundId: 'r1' })).body).toEqual(first.body);
  });

  it('of an unknown refund is refused', async () => {
    const { cancel } = await shop();
    expect(refusal(await cancel({ ...O1, refundId: 'r9' }))).toBe('refund_must_be_known');
  });
});

describe('an invalidation', () => {
  it('reverses what the order earned, once and for ever', async () => {
    const { confirm, refundOrder, invalidate } = await shop();
    await confirm({ ...O1 });
    const first = written(await invalidate({ ...O1, reason: 'fraud' }));
    expect(first.body).toMatchObject({ outcome: 'invalidated', moved: { amount: '-800' } });
    expect(written(await invalidate({ ...O1, reason: 'again' })).body).toEqual(first.body);
    expect(refusal(await refundOrder(refund('r1', '1')))).toBe('order_must_not_be_invalidated');
  });

  it('of an order that never came is refused', async () => {
    const { invalidate } = await shop({ isEmpty: true });
    expect(refusal(await invalidate({ ...O1, reason: 'fraud' }))).toBe('order_must_be_known');
  });
});

describe('a hold', () => {
  it('moves the commission away and a release moves it back, under the actor', async () => {
    const { confirm, hold, release, market } = await shop();
    await confirm({ ...O1 });
    const held = written(await hold({ ...O1, reason: 'returns' }));
    expect(held.body).toMatchObject({ outcome: 'held', moved: { amount: '800' } });
    const released = written(await release({ ...O1, reason: 'as usual' }));
    expect(released.body).toMatchObject({ outcome: 'released', moved: { amount: '800' } });
    const again = written(await hold({ ...O1, reason: 'returns' }));
    expect(again.body.event).not.toBe(held.body.event);
    expect(written(await hold({ ...O1, reason: 'other' })).body).toEqual(again.body);
    const stored = await market.stored(orderStream('s1', 'o1'));
    expect(stored.at(-1)?.data).toMatchObject({ reason: 'returns', by: 'test:market' });
  });

  it('of nothing cannot be released', async () => {
    const { release } = await shop();
    expect(refusal(await release({ ...O1, reason: 'as usual' }))).toBe('commission_must_be_held');
  });

  it('under the same idempotency key is answered as the first time', async () => {
    const { hold, release, market } = await shop();
    const keyed = {
      ...market.context(),
      idempotencyKey: 'key1',
      requestHash: 'a'.repeat(64),
    };
    const first = written(await hold({ ...O1, reason: 'returns' }, keyed));
    await release({ ...O1, reason: 'as usual' });
    expect(written(await hold({ ...O1, reason: 'returns' }, keyed)).body).toEqual(first.body);
    const other = await hold({ ...O1, reason: 'other' }, { ...keyed, requestHash: 'b'.repeat(64) });
    expect(refusal(other)).toBe('idempotency_key_must_not_be_reused');
  });
});

type Told = Answer<OrderFactAnswer>;

/** With the order `o1` of 80.00 that earns 8.00, unless it is empty. */
async function shop({ isEmpty = false } = {}) {
  const market = await Market.open();
  const { desk } = market;
  const order = async (orderId: string, change = {}) =>
    redeem(desk, await look(desk, orderOf(orderId, change)), market.context());
  if (!isEmpty) await order('o1');
  const told =
    <B>(tell: (body: B, context: ReturnType<Market['context']>) => Promise<Told>) =>
    (body: B, context = market.context()) =>
      tell(body, context);
  return {
    market,
    order,
    confirm: told((body: ConfirmOrder['order'], context) =>
      new ConfirmOrderHandler(desk).execute(new ConfirmOrder(body, context)),
    ),
    refundOrder: told((body: RefundOrder['order'], context) =>
      new RefundOrderHandler(desk).execute(new RefundOrder(body, context)),
    ),
    cancel: told((body: CancelRefund['order'], context) =>
      new CancelRefundHandler(desk).execute(new CancelRefund(body, context)),
    ),
    invalidate: told((body: InvalidateOrder['order'], context) =>
      new InvalidateOrderHandler(desk).execute(new InvalidateOrder(body, context)),
    ),
    hold: told((body: HoldCommission['order'], context) =>
      new HoldCommissionHandler(desk).execute(new HoldCommission(body, context)),
    ),
    release: told((body: ReleaseCommission['order'], context) =>
      new ReleaseCommissionHandler(desk).execute(new ReleaseCommission(body, context)),
    ),
  };
}

function written(answer: Told): Written<OrderFactAnswer> {
  if (answer instanceof Written) return answer;
  throw new Error(answer.refusal.refused);
}

const refusal = (answer: Told) =>
  answer instanceof Refused ? answer.refusal.refused : answer.body.outcome;
