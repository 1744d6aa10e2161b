import { startClickHouse, type TestClickHouse } from '../../test/support/clickhouse/server.ts';
import { openDocuments } from './documents.ts';
import { parseDocument, type StatementDocument } from './document.ts';
import { HandmadeLog, RATE_10_PERCENT, type OrderTerms } from '../testing/handmade-log.ts';
import type { ComputedRun } from './run.ts';

const order = (terms: Partial<OrderTerms> = {}): OrderTerms => ({
  orderId: 'o1',
  payeeId: 'p1',
  currency: 'USD',
  plan: RATE_10_PERCENT,
  lines: [1_000n],
  occurredAt: '2026-01-10T00:00:00.000Z',
  clearsAt: '2026-01-17T00:00:00.000Z',
  ...terms,
});

const CLOSED = { '2026-01': '2026-02-05', '2026-02': '2026-03-05', '2026-03': '2026-04-05' };

describe.each(['duckdb', 'clickhouse'] as const)('the statements of a period by %s', (kind) => {
  let clickhouse: TestClickHouse | undefined;
  let log: HandmadeLog;

  beforeAll(async () => {
    if (kind === 'clickhouse') clickhouse = await startClickHouse();
  });
  afterAll(() => clickhouse?.stop());
  beforeEach(async () => {
    log = new HandmadeLog(clickhouse && { kind: 'clickhouse', ...clickhouse.target() });
    await log.setRules();
  });
  afterEach(() => log.end());

  const close = async (period: keyof typeof CLOSED): Promise<ComputedRun> => {
    const at = `${CLOSED[period]}T00:00:00.000Z`;
    await log.close(period, at);
    return log.issue(period, at);
  };

  const documentsOf = (run: ComputedRun): StatementDocument[] => {
    const documents = openDocuments(log.workspace);
    const texts = run.statements.map(({ documentSha256 }) => documents.get(documentSha256)!);
    documents.close();
    return texts.map(parseDocument);
  };

  it('lists what cleared before the end, rounded half away from zero line by line', async () => {
    await log.confirm(order({ lines: [1_005n, 1_015n, 4n] }));
    const [statement] = documentsOf(await close('2026-01'));
    expect(statement).toMatchObject({
      payeeId: 'p1',
      period: '2026-01',
      cutoffLogIndex: 2,
      lines: [{ kind: 'earning', amountMinor: '203', late: false, event: 'order-s1/o1@0' }],
      totals: { openingMinor: '0', linesMinor: '203', closingMinor: '203', lineCount: 1 },
    });
  });

  it('reverses what a refund takes back, and never before its earning', async () => {
    const taken = await log.confirm(order({ clearsAt: '2026-02-03T00:00:00.000Z' }));
    await log.refund(taken, 'r1', new Map([['line 1', 400n]]), '2026-01-12T00:00:00.000Z');
    expect(documentsOf(await close('2026-01'))).toEqual([]);
    const [statement] = documentsOf(await close('2026-02'));
    expect(statement!.lines.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ['earning', '100'],
      ['reversal', '-40'],
    ]);
    expect(statement!.totals).toMatchObject({
      closingMinor: '60',
      byKind: { earning: '100', reversal: '-40', hold: '0' },
    });
  });

  it('labels late what cleared before its period began, but never in the first', async () => {
    await log.confirm(order({ orderId: 'early', clearsAt: '2025-11-01T00:00:00.000Z' }));
    const [first] = documentsOf(await close('2026-01'));
    expect(first!.lines).toMatchObject([{ late: false }]);
    await log.confirm(order({ orderId: 'late', clearsAt: '2026-01-31T23:59:59.999Z' }));
    await log.confirm(order({ orderId: 'timely', clearsAt: '2026-02-01T00:00:00.000Z' }));
    const [second] = documentsOf(await close('2026-02'));
    expect(second!.lines.map(({ orderId, late }) => [orderId, late])).toEqual([
      ['late', true],
      ['timely', false],
    ]);
    expect(second!.totals.lateMinor).toBe('100');
  });

  it('takes the end of a period as belonging to the next', async () => {
    await log.confirm(order({ orderId: 'in', clearsAt: '2026-01-31T23:59:59.999Z' }));
    await log.confirm(order({ orderId: 'out', clearsAt: '2026-02-01T00:00:00.000Z' }));
    const [first] = documentsOf(await close('2026-01'));
    expect(first!.lines.map(({ orderId }) => orderId)).toEqual(['in']);
    const [second] = documentsOf(await close('2026-02'));
    expect(second!.lines.map(({ orderId }) => orderId)).toEqual(['out']);
  });

  it('carries a negative balance forward, through periods without lines', async () => {
    const taken = await log.confirm(order());
    await close('2026-01');
    await log.refund(taken, 'r1', new Map([['line 1', 1_000n]]), '2026-02-10T00:00:00.000Z');
    await log.confirm(order({ orderId: 'o2', payeeId: 'p2' }));
    const second = documentsOf(await close('2026-02'));
    expect(second.map(({ payeeId, totals }) => [payeeId, totals.closingMinor])).toEqual([
      ['p1', '0'],
      ['p2', '100'],
    ]);
    const third = documentsOf(await close('2026-03'));
    expect(third.map(({ payeeId, lines, totals }) => [payeeId, lines, totals])).toMatchObject([
      ['p2', [], { openingMinor: '100', closingMinor: '100', lineCount: 0 }],
    ]);
  });

  it('closes a period in which nothing happened', async () => {
    const run = await close('2026-01');
    expect(run).toMatchObject({ statements: [], totals: [], cutoffLogIndex: 1 });
  });

  it('keeps what is held off the statement until it is released', async () => {
    const taken = await log.confirm(order());
    await log.hold(taken, true, '2026-01-12T00:00:00.000Z');
    await log.refund(taken, 'r1', new Map([['line 1', 500n]]), '2026-01-13T00:00:00.000Z');
    const [first] = documentsOf(await close('2026-01'));
    expect(first!.lines.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ['earning', '100'],
      ['hold', '-100'],
    ]);
    await log.hold(taken, false, '2026-02-20T00:00:00.000Z');
    const [second] = documentsOf(await close('2026-02'));
    expect(second!.lines).toMatchObject([{ kind: 'release', amountMinor: '50' }]);
    expect(second!.totals).toMatchObject({ openingMinor: '0', closingMinor: '50' });
  });

  it('gives one statement for each currency, fees included', async () => {
    const fee = { kind: 'fixed_fee', feeMinor: '250', rounding: 1, version: 2 } as const;
    await log.confirm(order({ plan: fee }));
    await log.confirm(order({ orderId: 'o2', currency: 'JPY' }));
    const run = await close('2026-01');
    expect(run.statements.map(({ currency, closingMinor }) => [currency, closingMinor])).toEqual([
      ['JPY', '100'],
      ['USD', '250'],
    ]);
    expect(run.totals).toMatchObject([
      { currency: 'JPY', linesMinor: '100', statementCount: 1 },
      { currency: 'USD', linesMinor: '250', statementCount: 1 },
    ]);
  });

  it('gives the same run again, from what the period before left and without it', async () => {
    await log.confirm(order({ clearsAt: '2026-02-03T00:00:00.000Z' }));
    await log.confirm(order({ orderId: 'o2' }));
    await close('2026-01');
    const second = await close('2026-02');
    expect(await log.recompute('2026-02')).toEqual(second);
    await log.forgetCarries();
    expect(await log.recompute('2026-02')).toEqual(second);
  });

  it('leaves a carry aside whose file was changed', async () => {
    await log.confirm(order({ clearsAt: '2026-02-03T00:00:00.000Z' }));
    await close('2026-01');
    const second = await close('2026-02');
    await log.changeCarry('2026-01', (text) => text.replaceAll('1000', '9000'));
    expect(await log.recompute('2026-02')).toEqual(second);
  });

  it('refuses a period that is not closed', async () => {
    await expect(log.recompute('2026-01')).rejects.toThrow('2026-01 is not closed');
  });

  describe('says which event it cannot be computed from', () => {
    const spoilt = async (spoil: (movement: Record<string, unknown>) => void) => {
      await log.confirm(order());
      await log.spoil(order({ orderId: 'bad' }), spoil);
      await log.close('2026-01', '2026-02-05T00:00:00.000Z');
      return log.recompute('2026-01');
    };

    it.each<[string, (movement: any) => void, RegExp]>([
      ['another amount', (m) => (m.amountMinor = '101'), /states 101, its base and plan give 100/],
      [
        'a base beyond all bounds',
        (m) => {
          m.lines[0].afterMinor = '9'.repeat(37);
          m.net.afterMinor = '9'.repeat(37);
        },
        /has the base of a line that is no whole number/,
      ],
      ['an amount of 60 digits', (m) => (m.amountMinor = '9'.repeat(60)), /states an amount/],
      ['a base with a fraction', (m) => (m.lines[0].afterMinor = '1000.4'), /base of a line/],
      ['a rate above one', (m) => (m.plan.rateBps = 10_001), /rate outside/],
      ['another rounding rule', (m) => (m.plan.rounding = 2), /unknown rounding rule/],
      ['a time without its zone', (m) => (m.clearsAt = '2026-01-17T00:00:00.000'), /has a time/],
      ['no payee', (m) => delete m.payeeId, /whose money/],
      ['an unknown account', (m) => (m.account = 'paid'), /names no account/],
      [
        'a net that its lines do not add up to',
        (m) => (m.net.afterMinor = '999'),
        /and its net by/,
      ],
    ])('%s', async (_name, spoil, message) => {
      const computing = spoilt(spoil);
      await expect(computing).rejects.toThrow(message);
      await expect(computing).rejects.toThrow('order-s1/bad@0');
    });
  });
});
