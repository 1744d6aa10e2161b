// Whatever is stored of the largest order, all that can follow from it fits an append.
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import {
  done,
  issueText,
  openCode,
  openMarket,
  orderBody,
} from '../../../../test/support/market-over-http.ts';

describe('the largest order', () => {
  let ledger: TestLedger;
  let text: string;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
    await openCode(ledger, 'WINTER');
    text = await issueText(ledger, 'WINTER', 'ada');
  }, 60_000);
  afterAll(() => ledger.close());

  /** Every character of an id is stored as six. */
  const idsOf = (count: number, length: number) =>
    Array.from({ length: count }, (_, i) => String(i).padStart(4, '0').padEnd(length, '\u0001'));
  const linesOf = (ids: readonly string[]) =>
    ids.map((lineId) => ({
      ...{ lineId, productId: 'p', quantity: 1 },
      ...{ listMinor: '100000000000', paidMinor: '100000000000' },
    }));
  const refundOf = (refundId: string, ids: readonly string[]) => ({
    refundId,
    currency: 'USD',
    refund: { kind: 'lines', lines: ids.map((lineId) => ({ lineId, amountMinor: '1' })) },
  });
  const confirmed = { confirmedAt: '2026-01-15T11:30:00.000Z' };
  const stored = async (stream: string) => (await ledger.stored(stream)).map(({ type }) => type);

  it.each([
    ['long', idsOf(540, 64)],
    ['many', idsOf(2_000, 6)],
  ])('with %s ids is stored, and so is all that follows from it', async (name, ids) => {
    const facts = `/orders/seller1/${name}`;
    await done(ledger.post(`${facts}/refunds`, refundOf('early', ids)));
    const order = orderBody(name, text, { ...confirmed, lines: linesOf(ids) });
    expect(await done(ledger.post('/orders', order))).toMatchObject({ outcome: 'attributed' });
    await done(ledger.post(`${facts}/hold`, { reason: 'a look' }));
    expect(await done(ledger.post(`${facts}/refunds`, refundOf('late', ids)))).toMatchObject({
      outcome: 'refunded',
    });
    await done(ledger.post(`${facts}/refund-cancellations`, { refundId: 'early' }));
    await done(ledger.post(`${facts}/release`, { reason: 'all is well' }));
    await done(ledger.post(`${facts}/invalidation`, { reason: 'fraud' }));
    expect((await stored(`order-seller1/${name}`)).length).toBe(9);
  });

  it.each([
    ['long', idsOf(700, 64)],
    ['many', idsOf(1_999, 45)],
  ])('is refused whole when it is larger, with %s ids', async (_, ids) => {
    const before = await stored('promoCode-WINTER');
    const order = orderBody('larger', text, { ...confirmed, lines: linesOf(ids) });
    expect(await ledger.post('/orders', order)).toMatchObject({
      status: 400,
      body: { code: 'request_must_match_schema', pointers: [{ pointer: '/lines' }] },
    });
    expect(await ledger.post('/orders/seller1/larger/refunds', refundOf('r', ids))).toMatchObject({
      status: 400,
      body: { code: 'request_must_match_schema', pointers: [{ pointer: '/refund' }] },
    });
    expect(await stored('promoCode-WINTER')).toEqual(before);
    expect(await stored('order-seller1/larger')).toEqual([]);
  });
});
