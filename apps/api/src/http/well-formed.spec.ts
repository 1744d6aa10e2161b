import { bootLedger } from '../../../../test/support/boot-ledger.ts';
import { done, openMarket } from '../../../../test/support/market-over-http.ts';
import { illFormedText } from './well-formed.ts';

const pointersIn = (text: string) =>
  illFormedText(text, JSON.parse(text)).map(({ pointer }) => pointer);

describe('text that is not well-formed', () => {
  it.each([
    ['"a\\ud800"', ['']],
    ['{"a":[1,{"b~/":"\\uDEAD"}]}', ['/a/1/b~0~1']],
    ['{"a":"\\ud83d\\ude00"}', []],
    ['{"a":"\\\\ud800"}', []],
    ['{"a":"plain"}', []],
  ])('in %s is found at %j', (text, pointers) => {
    expect(pointersIn(text)).toEqual(pointers);
  });

  it('is looked for in a body that is nested very deeply', () => {
    const depth = 100_000;
    expect(pointersIn(`${'['.repeat(depth)}"\\ud83d\\ude00"${']'.repeat(depth)}`)).toEqual([]);
  });

  it('is refused with a pointer and does not keep the service from stopping', async () => {
    const ledger = await bootLedger();
    await openMarket(ledger);
    await done(ledger.post('/influencers', { influencerId: 'ada', kind: 'individual' }));
    const refused = await ledger.app.inject({
      method: 'POST',
      url: '/influencers/ada/suspend',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      payload: '{"reason":"a\\ud800"}',
    });
    expect([refused.statusCode, refused.json()]).toMatchObject([
      400,
      { code: 'request_must_match_schema', pointers: [{ in: 'body', pointer: '/reason' }] },
    ]);
    const line = '{"type":"invalidation","sellerId":"s","orderId":"o","reason":"\\ud800"}';
    const fed = await ledger.app.inject({
      method: 'POST',
      url: '/orders/bulk',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: line,
    });
    expect(JSON.parse(fed.body)).toMatchObject({
      outcome: 'invalid',
      code: 'line_must_match_schema',
      pointers: [{ pointer: '/reason' }],
    });
    await ledger.close();
  });
});
