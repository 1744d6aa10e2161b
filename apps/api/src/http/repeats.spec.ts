// The same request again, who asked for it, and reading what was just written.
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import { done, openMarket } from '../../../../test/support/market-over-http.ts';

describe('a write', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
  });
  afterAll(() => ledger.close());

  it('repeated under its idempotency key gives the first answer and no new event', async () => {
    const key = { 'idempotency-key': 'suspend-1' };
    await done(ledger.post('/influencers', { influencerId: 'bea', kind: 'individual' }));
    const first = await ledger.post('/influencers/bea/suspend', { reason: 'fraud' }, key);
    await done(ledger.post('/influencers/bea/reinstate'));
    const again = await ledger.post('/influencers/bea/suspend', { reason: 'fraud' }, key);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.headers['idempotent-replayed']).toBe('true');
    const types = (await ledger.stored('influencer-bea')).map(({ type }) => type);
    expect(types).toEqual(['InfluencerRegistered', 'InfluencerSuspended', 'InfluencerReinstated']);
  });

  it('is refused when its idempotency key stands for another request', async () => {
    const key = { 'idempotency-key': 'suspend-2' };
    await done(ledger.post('/influencers', { influencerId: 'cy', kind: 'individual' }));
    await done(ledger.post('/influencers/cy/suspend', { reason: 'fraud' }, key));
    const other = await ledger.post('/influencers/cy/suspend', { reason: 'spam' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_must_not_be_reused']);
    const path = await ledger.post('/influencers/cy/reinstate', undefined, key);
    expect([path.status, path.body.code]).toEqual([422, 'idempotency_key_must_not_be_reused']);
    expect(await ledger.stored('influencer-cy')).toHaveLength(2);
  });

  it('takes the same request in another spelling for the same', async () => {
    const headers = { 'idempotency-key': 'k', 'content-type': 'application/json' };
    const send = (payload: string) =>
      ledger.app.inject({ method: 'POST', url: '/influencers', headers, payload });
    const first = await send('{"influencerId":"di","kind":"agency"}');
    const again = await send('{ "kind": "agency",  "influencerId": "d\\u0069" }');
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
  });

  it('already done changes nothing and says so by having no events', async () => {
    const { body } = await ledger.post('/sellers', { sellerId: 'seller1' });
    expect(body).toEqual({ events: [] });
  });

  it('stores who asked, for which request and when', async () => {
    const correlationId = '0b8f7c7e-3f0a-4b1e-9c57-0a5f2a6f9f10';
    ledger.now = '2026-01-16T08:00:00.000Z';
    const reply = await ledger.post(
      '/sellers',
      { sellerId: 'seller2', occurredAt: '2026-01-16T09:00:00+02:00' },
      { 'promo-ledger-actor': 'portal:connect', 'correlation-id': correlationId },
    );
    expect(reply.headers['correlation-id']).toBe(correlationId);
    const [joined] = await ledger.stored('seller-seller2');
    expect(joined?.metadata).toEqual({
      actor: 'portal:connect',
      correlationId,
      causationId: expect.any(String),
      recordedAt: '2026-01-16T08:00:00.000Z',
    });
    expect(joined?.data).toEqual({
      sellerId: 'seller2',
      occurredAt: '2026-01-16T07:00:00.000Z',
    });
  });

  it('is seen by a read that sends its position', async () => {
    for (let at = 0; at < 20; at += 1) {
      const { headers } = await ledger.post('/sellers', { sellerId: `late${at}` });
      const position = headers['promo-ledger-position'] ?? '';
      const { status } = await ledger.get(`/sellers/late${at}`, {
        'promo-ledger-position': position,
      });
      expect(status).toBe(200);
    }
  });

  it.each(['junk', '00000000.1', ''])('refuses the position %j of a read', async (position) => {
    const { status, body } = await ledger.get('/sellers/seller1', {
      'promo-ledger-position': position,
    });
    expect([status, body.code]).toEqual([409, 'position_must_be_of_this_ledger']);
  });

  it('refuses the position of a place that does not exist yet', async () => {
    const { headers } = await ledger.post('/sellers', { sellerId: 'seller3' });
    const [mark] = (headers['promo-ledger-position'] ?? '').split('.');
    const { status, body } = await ledger.get('/sellers/seller1', {
      'promo-ledger-position': `${mark}.zzzz`,
    });
    expect([status, body.code]).toEqual([409, 'position_must_be_of_this_ledger']);
  });
});
