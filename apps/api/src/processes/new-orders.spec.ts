// Orders that are presumed new, on a log that another node writes to: whatever is wrong with the
// presumption, they are answered and stored as if they had been looked up.
import type { EventStore } from '#event-store/port.ts';
import { sharedStore } from '#event-store/runner.fixtures.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { orderStream, promoCodeStream } from '#ledger/streams.ts';
import { BuyerKeys } from '../buyer-keys.ts';
import { RefundOrder, RefundOrderHandler } from '../commands/refund-order.ts';
import { Refused, Written } from '../http/answer.ts';
import { look } from './look.ts';
import { NewOrders } from './new-orders.ts';
import type { OrderRequest } from './order-request.ts';
import { redeem } from './redeem.ts';
import { type CodeOptions, Market, orderOf } from '../../../../test/support/order-market.ts';

const KEYS = new BuyerKeys(new Map([['key_test', Buffer.alloc(32, 7)]]));
const STREAM = orderStream('s1', 'o1');

/** The sibling looks every order up, the node presumes every order new. */
async function twoNodes(code: CodeOptions = {}) {
  const log = openSqliteStore(':memory:');
  const sibling = await Market.open(code, sharedStore(log), KEYS);
  await sibling.code({ ...code, codeId: 'c2', text: 'OTHER22' });
  const reads: string[] = [];
  const store: EventStore = sharedStore(log);
  store.readStream = (stream, read) => (reads.push(stream), log.readStream(stream, read));
  const node = new Market(store, KEYS, { isPresumedNew: () => true });
  return { sibling, node, reads };
}

const take = async (market: Market, request: OrderRequest) =>
  redeem(market.desk, await look(market.desk, request), market.context());

const typesOf = async (market: Market, codeId: string) =>
  (await market.typesOf(promoCodeStream(codeId))).filter((type) => type.startsWith('Redemption'));

describe('an order that is presumed new', () => {
  it('is not read before its outcome is stored', async () => {
    const { node, reads } = await twoNodes();
    const answer = (await take(node, orderOf('o1'))) as Written<any>;
    expect(answer.body.outcome).toBe('attributed');
    expect(reads).not.toContain(STREAM);
    expect(await node.typesOf(STREAM)).toEqual(['OrderAttributed']);
  });

  it('and was attributed is answered as at first, as a repeat, and reserves nothing', async () => {
    const { sibling, node } = await twoNodes();
    const first = (await take(sibling, orderOf('o1'))) as Written<any>;
    const head = await sibling.store.head();
    const again = (await take(node, orderOf('o1'))) as Written<any>;
    expect([again.body, again.isRepeat]).toEqual([first.body, true]);
    expect(await sibling.store.head()).toBe(head);
  });

  it('and was attributed under another code is refused, and gives the use back', async () => {
    const { sibling, node } = await twoNodes({ totalLimit: 1 });
    await take(sibling, orderOf('o1'));
    const refused = await take(node, orderOf('o1', { text: 'OTHER22' }));
    expect((refused as Refused).refusal.refused).toBe('order_must_not_change');
    expect(await typesOf(node, 'c2')).toEqual(['RedemptionReserved', 'RedemptionReleased']);
    const next = (await take(node, orderOf('o2', { text: 'OTHER22' }))) as Written<any>;
    expect(next.body.outcome).toBe('attributed');
    expect(await node.typesOf(STREAM)).toEqual(['OrderAttributed']);
  });

  it('and was rejected stays rejected, though it would be attributed now', async () => {
    const { sibling, node } = await twoNodes();
    const late = orderOf('o1', { text: 'LATER123' });
    const first = (await take(sibling, late)) as Written<any>;
    await sibling.code({ codeId: 'c3', text: 'LATER123' });
    const again = (await take(node, late)) as Written<any>;
    expect([again.body, again.isRepeat]).toEqual([first.body, true]);
    expect(await typesOf(node, 'c3')).toEqual(['RedemptionReserved', 'RedemptionReleased']);
    expect(await node.typesOf(STREAM)).toEqual(['OrderRejected']);
  });

  it('and is rejected once more is answered as at first', async () => {
    const { sibling, node } = await twoNodes();
    const unknown = orderOf('o1', { text: 'NEVER123' });
    const first = (await take(sibling, unknown)) as Written<any>;
    const again = (await take(node, unknown)) as Written<any>;
    expect([again.body, again.isRepeat]).toEqual([first.body, true]);
    expect(await node.typesOf(STREAM)).toEqual(['OrderRejected']);
  });

  it('and has a refund that waits for it gets the refund', async () => {
    const { sibling, node } = await twoNodes();
    const refund = {
      ...{ sellerId: 's1', orderId: 'o1', refundId: 'r1', currency: 'USD' },
      refund: { kind: 'amount', amountMinor: '500' } as const,
    };
    const refunding = new RefundOrder(refund, sibling.context());
    await new RefundOrderHandler(sibling.desk).execute(refunding);
    const answer = (await take(node, orderOf('o1'))) as Written<any>;
    expect(answer.body.outcome).toBe('attributed');
    expect(await node.typesOf(STREAM)).toEqual([
      'RefundParked',
      'OrderAttributed',
      'OrderRefunded',
    ]);
    expect(await typesOf(node, 'c1')).toEqual(['RedemptionReserved']);
  });

  it('and was reserved by a node that then died is attributed by that reservation', async () => {
    const { sibling, node } = await twoNodes();
    const { store } = sibling;
    const { append } = store;
    store.append = (stream, ...asked) =>
      stream === STREAM ? Promise.reject(new Error('died')) : append.call(store, stream, ...asked);
    await expect(take(sibling, orderOf('o1'))).rejects.toThrow('died');
    const answer = (await take(node, orderOf('o1'))) as Written<any>;
    expect(answer.body).toMatchObject({ outcome: 'attributed', reservation: 'promoCode-c1@3' });
    expect(await typesOf(node, 'c1')).toEqual(['RedemptionReserved']);
  });

  it('and was attributed is refused with another time of payment, also one to come', async () => {
    const { sibling, node } = await twoNodes();
    await take(sibling, orderOf('o1'));
    const ahead = await take(node, orderOf('o1', { paidAt: '2026-01-20T12:05:00.001Z' }));
    expect((ahead as Refused).refusal.refused).toBe('order_must_not_change');
  });

  it('is taken once though both nodes are asked at once, under either code', async () => {
    const { sibling, node } = await twoNodes({ totalLimit: 1 });
    const answers = await Promise.all([
      take(sibling, orderOf('o1')),
      take(node, orderOf('o1', { text: 'OTHER22' })),
    ]);
    expect(answers.filter((answer) => answer instanceof Written)).toHaveLength(1);
    const all = [...(await typesOf(node, 'c1')), ...(await typesOf(node, 'c2'))];
    const [reserved, released] = ['RedemptionReserved', 'RedemptionReleased'].map(
      (type) => all.filter((each) => each === type).length,
    );
    expect([reserved, released]).toEqual([2, 1]);
    expect(await node.typesOf(STREAM)).toEqual(['OrderAttributed']);
  });
});

describe('an order is presumed new', () => {
  const asked = (over: {
    isOnlyWriter?: boolean;
    isAtWork?: boolean;
    asOf?: number;
    hasSeen?: boolean;
  }) => {
    const { isOnlyWriter = false, isAtWork = false, hasSeen = false } = over;
    const asOf = over.asOf ?? performance.now();
    return new NewOrders(
      { isOnlyWriter },
      { isAtWorkOn: () => isAtWork },
      { knowsLogAsOf: () => asOf },
      { hasSeen: () => hasSeen },
    ).isPresumedNew(STREAM);
  };

  it('when rows that are close behind the log do not know it', () => {
    expect(asked({})).toBe(true);
  });

  it.each([
    ['nobody else writes: reading costs next to nothing', { isOnlyWriter: true }],
    ['the runner knows of it', { isAtWork: true }],
    ['the rows know of it', { hasSeen: true }],
    ['the rows never caught up', { asOf: Number.NEGATIVE_INFINITY }],
    ['the rows fell behind', { asOf: performance.now() - 2_100 }],
  ])('not when %s', (_, over) => {
    expect(asked(over)).toBe(false);
  });
});
