// What bad input gets: a problem that says which field and why, nothing half done, and a service
// that goes on answering.
import { type AddressInfo, connect } from 'node:net';
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import { codeBody, done, openMarket } from '../../../../test/support/market-over-http.ts';

describe('the edge', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
  });
  afterEach(async () => {
    const { status } = await ledger.get('/health/live');
    expect(status).toBe(200);
  });
  afterAll(() => ledger.close());

  const send = async (method: string, url: string, payload?: string | Buffer, headers = {}) => {
    const reply = await ledger.app.inject({
      method: method as 'POST',
      url,
      headers,
      ...(payload !== undefined && { payload }),
    });
    return { status: reply.statusCode, type: reply.headers['content-type'], body: reply.json() };
  };
  const json = { 'content-type': 'application/json' };

  const isProblem = (code: string, status: number, ...pointers: readonly string[]) => ({
    status,
    type: expect.stringContaining('application/problem+json'),
    body: expect.objectContaining({
      code,
      status,
      type: `urn:promo-ledger:problem:${code}`,
      title: expect.any(String),
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
      ...(pointers.length > 0 && {
        pointers: pointers.map((pointer) =>
          expect.objectContaining({ pointer, message: expect.any(String) }),
        ),
      }),
    }),
  });

  describe('refuses bodies', () => {
    it.each([
      ['cut short', '{"sellerId":"a', 'body_must_be_json', ''],
      ['that are no JSON', 'sellerId=a', 'body_must_be_json', ''],
      ['that are not UTF-8', Buffer.from('{"sellerId":"\xff"}', 'latin1'), 'body_must_be_json', ''],
      ['of another type', '[1,2]', 'request_must_match_schema', ''],
      ['that are null', 'null', 'request_must_match_schema', ''],
      ['with a wrong type', '{"sellerId":7}', 'request_must_match_schema', '/sellerId'],
      ['without a field', '{}', 'request_must_match_schema', '/sellerId'],
      ['with a NUL', '{"sellerId":"a\\u0000"}', 'request_must_match_schema', '/sellerId'],
      [
        'with an over-long id',
        `{"sellerId":"${'a'.repeat(65)}"}`,
        'request_must_match_schema',
        '/sellerId',
      ],
      [
        'with an unknown field',
        '{"sellerId":"a","x/y~":1}',
        'request_must_match_schema',
        '/x~1y~0',
      ],
      [
        'with __proto__',
        '{"sellerId":"a","__proto__":{"a":1}}',
        'request_must_match_schema',
        '/__proto__',
      ],
      [
        'with constructor',
        '{"sellerId":"a","constructor":{"prototype":{}}}',
        'request_must_match_schema',
        '/constructor',
      ],
      [
        'with prototype',
        '{"sellerId":"a","prototype":1}',
        'request_must_match_schema',
        '/prototype',
      ],
    ])('%s', async (_, body, code, pointer) => {
      expect(await send('POST', '/sellers', body, json)).toEqual(isProblem(code, 400, pointer));
    });

    it('nested without end', async () => {
      const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
      const { status } = await send('POST', '/sellers', deep, { ...json, 'idempotency-key': 'k' });
      expect(status).toBe(400);
    });

    it('over the limit, and stores nothing of them', async () => {
      const body = JSON.stringify({ sellerId: 'big', padding: 'x'.repeat(1024 * 1024) });
      const reply = await send('POST', '/sellers', body, json);
      expect(reply).toEqual(isProblem('body_must_be_smaller', 413));
      expect(await ledger.stored('seller-big')).toEqual([]);
    });

    it.each(['text/plain', 'application/x-ndjson', 'application/json; charset=utf-16', ''])(
      'of the content type "%s"',
      async (type) => {
        const reply = await send('POST', '/sellers', '{"sellerId":"a"}', { 'content-type': type });
        expect(reply.status).toBe(415);
        expect(reply.body.code).toBe('content_type_must_fit');
      },
    );

    it('at most twenty fields at a time', async () => {
      const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`f${at}`, at]));
      const { body } = await send('POST', '/sellers', JSON.stringify(fields), json);
      expect(body.pointers).toHaveLength(20);
    });
  });

  describe('refuses amounts and times', () => {
    it.each([
      [
        'a negative amount',
        { minimumSpend: { amount: '-1', currency: 'USD' } },
        '/minimumSpend/amount',
      ],
      [
        'a fraction',
        { minimumSpend: { amount: '14.70', currency: 'USD' } },
        '/minimumSpend/amount',
      ],
      ['a number', { minimumSpend: { amount: 1470, currency: 'USD' } }, '/minimumSpend/amount'],
      [
        'an enormous amount',
        { minimumSpend: { amount: '1000000000000001', currency: 'USD' } },
        '/minimumSpend/amount',
      ],
      [
        'a currency that is none',
        { minimumSpend: { amount: '1', currency: 'dollars' } },
        '/minimumSpend/currency',
      ],
      ['a date that does not exist', { redeemableFrom: '2026-02-30T00:00:00Z' }, '/redeemableFrom'],
      ['a time without a zone', { redeemableFrom: '2026-01-01T00:00:00' }, '/redeemableFrom'],
      [
        'an hour that does not exist',
        { redeemableUntil: '2026-01-01T24:00:00Z' },
        '/redeemableUntil',
      ],
      [
        'another currency in the discount',
        { discount: { kind: 'amount', amount: { amount: '5', currency: 'EUR' } } },
        '/discount/amount/currency',
      ],
    ])('%s', async (_, wrong, pointer) => {
      const { status, body } = await ledger.post('/codes', codeBody('x1', wrong));
      expect([status, body.code]).toEqual([400, 'request_must_match_schema']);
      expect(body.pointers.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
    });

    it('a currency that does not exist', async () => {
      const wrong = { minimumSpend: { amount: '1', currency: 'XQQ' } };
      const { status, body } = await ledger.post('/codes', codeBody('x2', wrong));
      expect([status, body.code]).toEqual([422, 'currency_must_exist']);
      expect(body.details).toEqual({ currency: 'XQQ' });
    });
  });

  describe('refuses paths, queries and headers', () => {
    it.each([
      ['GET', '/nowhere', 404, 'path_must_exist'],
      ['DELETE', '/sellers', 404, 'path_must_exist'],
      ['GET', '/sellers/%zz', 400, 'request_must_be_http'],
      ['GET', `/sellers/${'a'.repeat(300)}`, 414, 'path_must_be_shorter'],
      ['GET', '/docs/../../package.json', 404, 'path_must_exist'],
    ])('%s %s', async (method, path, status, code) => {
      expect(await send(method, path)).toEqual(isProblem(code, status));
    });

    it.each([
      ['/sellers/a%00b', 'path', '/sellerId'],
      ['/sellers/a%2Fb', 'path', '/sellerId'],
      ['/tasks?limit=1&limit=2', 'query', '/limit'],
      ['/tasks?limit=0', 'query', '/limit'],
      ['/tasks?limit=201', 'query', '/limit'],
      ['/tasks?cursor=junk', 'query', '/cursor'],
      ['/tasks?tab=mine', 'query', '/tab'],
      ['/tasks?tab=ended', 'query', '/influencerId'],
      ['/tasks?unknown=1', 'query', '/unknown'],
      ['/events?stream=$all', 'query', '/stream'],
    ])('%s', async (path, place, pointer) => {
      const { body, ...reply } = await send('GET', path);
      expect(reply.status).toBe(400);
      expect(body.pointers).toEqual([{ in: place, pointer, message: expect.any(String) }]);
    });

    it.each([
      ['idempotency-key', 'with space'],
      ['idempotency-key', 'k'.repeat(129)],
      ['correlation-id', 'not-a-uuid'],
      ['promo-ledger-actor', 'nobody'],
    ])('the header %s: %s', async (name, value) => {
      const reply = await send('POST', '/sellers', '{"sellerId":"h1"}', { ...json, [name]: value });
      expect(reply).toEqual(isProblem('request_must_match_schema', 400, `/${name}`));
      expect(await ledger.stored('seller-h1')).toEqual([]);
    });

    it('what is not HTTP at all', async () => {
      await ledger.app.listen(0, '127.0.0.1');
      const { port } = ledger.app.getHttpServer().address() as AddressInfo;
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
        socket.on('data', (bytes) => (text += bytes.toString()));
        socket.on('close', () => resolve(text));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"request_must_be_http"');
    });
  });

  it('does not know what is not there', async () => {
    const { status, body } = await ledger.get('/codes/none');
    expect([status, body.code]).toEqual([404, 'resource_must_exist']);
    expect(body.pointers).toEqual([{ in: 'path', pointer: '/codeId', message: 'names no code' }]);
    const paused = await ledger.post('/codes/none/pause');
    expect([paused.status, paused.body.code]).toEqual([404, 'code_must_exist']);
  });

  it('says a refusal in the words of the table, with its values', async () => {
    await done(ledger.post('/influencers', { influencerId: 'ada', kind: 'individual' }));
    const { status, body } = await ledger.post('/influencers', {
      influencerId: 'ada',
      kind: 'agency',
    });
    expect(status).toBe(409);
    expect(body).toEqual({
      type: 'urn:promo-ledger:problem:influencer_must_not_change_kind',
      title: 'The influencer is registered as another kind.',
      status: 409,
      code: 'influencer_must_not_change_kind',
      instance: expect.any(String),
      details: { influencerId: 'ada', kind: 'individual' },
    });
  });
});
