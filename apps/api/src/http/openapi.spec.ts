// The checked-in document is the API's contract: it changes knowingly or not at all.
//   UPDATE_GOLDEN=1 npm test -- openapi
import { readFileSync, writeFileSync } from 'node:fs';
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';

const GOLDEN = new URL('../../../../test/golden/openapi.json', import.meta.url);

describe('the OpenAPI document', () => {
  let ledger: TestLedger;
  let document: any;
  beforeAll(async () => {
    ledger = await bootLedger();
    ({ body: document } = await ledger.get('/docs/json'));
  });
  afterAll(() => ledger.close());

  const operations = () =>
    Object.entries<Record<string, any>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is the one that is checked in', () => {
    if (process.env['UPDATE_GOLDEN'])
      writeFileSync(GOLDEN, `${JSON.stringify(document, null, 2)}\n`);
    expect(document).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
  });

  it('is OpenAPI 3.1 and refers to nothing that it does not hold', () => {
    expect(document.openapi).toBe('3.1.0');
    const refs = new Set(
      [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref!),
    );
    const missing = [...refs].filter(
      (ref) => ref.split('/').reduce((at: any, step) => at?.[step], document) === undefined,
    );
    expect(missing).toEqual([]);
  });

  it('gives each operation a name of its own, a summary, an answer and the problems', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, method, operation } of operations()) {
      expect([path, method, operation.summary]).toEqual([path, method, expect.any(String)]);
      expect(Object.keys(operation.responses)).toEqual(['200', '4XX', '5XX']);
      expect(Object.values<any>(operation.responses['200'].content)[0].schema).toBeDefined();
    }
  });

  it('takes an idempotency key on every write and a position on every read', () => {
    for (const { path, method, operation } of operations()) {
      const refs = operation.parameters.map(({ $ref }: { $ref?: string }) => $ref);
      if (path.startsWith('/health')) continue;
      const shared = method === 'get' ? 'Position' : 'IdempotencyKey';
      expect([path, refs]).toEqual([
        path,
        expect.arrayContaining([`#/components/parameters/${shared}`]),
      ]);
    }
  });

  it('serves a page to read it on', async () => {
    const page = await ledger.get('/docs');
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Promo Ledger API')]);
  });
});
