import { orderStream, promoCodeStream } from '#ledger/streams.ts';
import { Market, orderOf } from '../../../../../test/support/order-market.ts';
import { CancelRefundHandler } from '../cancel-refund.ts';
import { ConfirmOrderHandler } from '../confirm-order.ts';
import { InvalidateOrderHandler } from '../invalidate-order.ts';
import { RefundOrderHandler } from '../refund-order.ts';
import type { BulkAnswer } from './bulk-answer.ts';
import { BulkOrders } from './bulk-orders.ts';

describe('a bulk feed', () => {
  it('answers every line in the order of the input, whatever the line is', async () => {
    const { feed } = await bulk();
    const answers = await feed([
      refund('o1', 'r1'),
      confirmation('o2'),
      order('o1'),
      'not json',
      order('o2', { code: 'NEVER123' }),
      refund('o1', 'r2'),
      confirmation('o1'),
      { type: 'refund_cancellation', sellerId: 's1', orderId: 'o1', refundId: 'r1' },
      { type: 'invalidation', sellerId: 's1', orderId: 'o1', reason: 'fraud' },
      { ...order('o3'), paidAt: '2026-02-30T00:00:00.000Z', surprise: 1 },
      confirmation('o2'),
      order('o1'),
    ]);
    expect(answers.map(({ line }) => line)).toEqual(answers.map((_, at) => at + 1));
    expect(answers.map(({ outcome, code }) => (code ? `${outcome} ${code}` : outcome))).toEqual([
      'parked',
      'parked',
      'attributed',
      'invalid line_must_be_json',
      'rejected unknown_code',
      'refunded',
      'confirmed',
      'refund_cancelled',
      'invalidated',
      'invalid line_must_match_schema',
      'parked',
      'attributed',
    ]);
    expect(answers[9]?.pointers?.map(({ pointer }) => pointer).sort()).toEqual([
      '/paidAt',
      '/surprise',
    ]);
    const first = { ...answers[2], line: 12, position: answers[11]?.position };
    expect(answers[11]).toEqual({ ...first, repeated: true });
  });

  it('keeps the order of the input for the lines of one order', async () => {
    const { feed, market } = await bulk();
    await feed([refund('o1', 'r1'), order('o1'), refund('o1', 'r2'), confirmation('o1')]);
    expect(await market.typesOf(orderStream('s1', 'o1'))).toEqual([
      'RefundParked',
      'OrderAttributed',
      'OrderRefunded',
      'OrderRefunded',
      'OrderConfirmed',
    ]);
  });

  it('keeps the order of the input for the reservations of one code', async () => {
    const { feed } = await bulk({ totalLimit: 500 });
    const lines = Array.from({ length: 1_000 }, (_, n) => order(`o${n}`));
    // Facts that come before some of the orders must not let others overtake them.
    for (let n = 0; n < 1_000; n += 7) lines.splice(n, 0, refund(`o${n + 100}`, 'r') as never);
    const orders = new Map(lines.map((line, at) => [at + 1, line.type === 'order']));
    const answers = (await feed(lines)).filter(({ line }) => orders.get(line));
    expect(answers.slice(0, 500).every(({ outcome }) => outcome === 'attributed')).toBe(true);
    expect(answers.slice(500).every(({ code }) => code === 'total_limit_reached')).toBe(true);
  });

  it('takes the first of lines that name one order differently', async () => {
    const { feed, market } = await bulk();
    const answers = await feed([order('o1', { code: 'NEVER123' }), order('o1'), order('o1')]);
    expect(await market.typesOf(promoCodeStream('c1'))).not.toContain('RedemptionReserved');
    expect(answers.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['rejected', 'unknown_code'],
      ['refused', 'order_must_not_change'],
      ['refused', 'order_must_not_change'],
    ]);
  });

  it('leaves the earlier lines standing when the last one is half written', async () => {
    const { bytes } = await bulk();
    const text = `${JSON.stringify(order('o1'))}\n${JSON.stringify(order('o2')).slice(0, 40)}`;
    const answers = await bytes([Buffer.from(text)]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['attributed', 'invalid']);
  });

  it('answers what it was told already while it waits for more', async () => {
    const { orders, context } = await bulk();
    const more = Promise.withResolvers<void>();
    async function* chunks() {
      yield Buffer.from(`${JSON.stringify(order('o1'))}\n`);
      await more.promise;
    }
    const answers = orders.ingest(chunks(), context)[Symbol.asyncIterator]();
    expect((await answers.next()).value).toMatchObject([{ line: 1, outcome: 'attributed' }]);
    more.resolve();
    expect((await answers.next()).value).toEqual([]);
  });

  it('reads no further than a few windows ahead of who takes the answers', async () => {
    const { orders, context } = await bulk();
    const chunk = Buffer.from(`${'x'.repeat(64 * 1024)}\n`);
    let read = 0;
    async function* chunks() {
      for (; read < 1_000; read += 1) yield chunk;
    }
    const answers = orders.ingest(chunks(), context)[Symbol.asyncIterator]();
    await answers.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read).toBeLessThan(40);
    await answers.return?.();
  });

  it('fails only the lines that the store refuses to take', async () => {
    const { feed, market } = await bulk();
    await feed([order('o1')]);
    await market.store.close();
    const answers = await feed([order('o2'), { type: 'nothing' }]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['failed', 'invalid']);
  });
});

async function bulk(code = {}) {
  const market = await Market.open(code);
  const { desk } = market;
  const orders = new BulkOrders(
    desk,
    new ConfirmOrderHandler(desk),
    new RefundOrderHandler(desk),
    new CancelRefundHandler(desk),
    new InvalidateOrderHandler(desk),
  );
  const { actor, correlationId, causationId } = market.context();
  const context = { actor, correlationId, causationId, clock: () => market.now };
  const bytes = async (chunks: readonly Uint8Array[]) => {
    const answers: BulkAnswer[] = [];
    for await (const batch of orders.ingest(each(chunks), context)) answers.push(...batch);
    return answers;
  };
  const feed = (lines: readonly unknown[]) =>
    bytes(
      lines.map((line) =>
        Buffer.from(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
      ),
    );
  return { market, orders, context, bytes, feed };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield item;
}

function order(orderId: string, change: object = {}) {
  const { text, ...rest } = orderOf(orderId);
  return { type: 'order', code: text, ...rest, ...change };
}

const confirmation = (orderId: string) => ({
  type: 'confirmation',
  sellerId: 's1',
  orderId,
  occurredAt: '2026-01-20T11:45:00.000Z',
});

const refund = (orderId: string, refundId: string) => ({
  type: 'refund',
  sellerId: 's1',
  orderId,
  refundId,
  currency: 'USD',
  refund: { kind: 'amount', amountMinor: '100' },
});
