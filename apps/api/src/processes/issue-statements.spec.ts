// Half-done closes are built on disk; then the service starts and has to finish them, or to stop.
import { setTimeout as pause } from 'node:timers/promises';
import type { ComputedRun } from '#analytics/statements/run.ts';
import { withLog } from '#analytics/log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '#analytics/testing/handmade-log.ts';
import { openBuyerKeys } from '#api/buyer-keys.ts';
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import { ProcessLoops } from './process-loops.ts';

const AT = '2026-02-05T00:00:00.000Z';
const RUN = '/programme/periods/2026-01/statement-run';

describe('issuing the statements of a closed period', () => {
  let log: HandmadeLog;
  let ledger: TestLedger | undefined;

  beforeEach(async () => {
    log = new HandmadeLog();
    await withLog(log.workspace.log, (empty) => openBuyerKeys(log.directory, empty));
    await log.setRules();
    for (const payeeId of ['ada', 'bob']) {
      await log.confirm({
        orderId: `of_${payeeId}`,
        payeeId,
        currency: 'USD',
        plan: RATE_10_PERCENT,
        lines: [10_000n],
        occurredAt: '2026-01-10T00:00:00.000Z',
        clearsAt: '2026-01-17T00:00:00.000Z',
      });
    }
  });
  afterEach(async () => {
    await ledger?.close(true);
    ledger = undefined;
    await log.end();
  });

  const close = () => log.close('2026-01', AT);
  const issue = (run: ComputedRun, changes: object) => {
    const data = { ...run.statements[0]!, ...changes, occurredAt: '2026-02-05T00:00:01.000Z' };
    return log.append('payee-ada', { type: 'StatementIssued', data });
  };
  const boot = async (): Promise<TestLedger> => {
    await log.end({ remove: false });
    const now = '2026-02-06T00:00:00.000Z';
    ledger = await bootLedger({ now, dataDirectory: log.directory });
    return ledger;
  };
  const completed = async ({ stored }: TestLedger) =>
    (await stored('programme')).filter(({ type }) => type === 'StatementRunCompleted');

  async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (await isSo()) return;
      await pause(50);
    }
    throw new Error('it never came to be so');
  }

  it('starts by itself when a period was closed and nothing more', async () => {
    await close();
    const { statements, manifestSha256 } = await log.recompute('2026-01');
    const started = await boot();
    await eventually(async () => (await completed(started)).length === 1);
    const [ada] = await started.stored('payee-ada');
    expect(ada?.data).toMatchObject(statements[0]!);
    expect((await completed(started))[0]?.data).toMatchObject({
      statementCount: 2,
      manifestSha256,
    });
  }, 60_000);

  it('goes on where it was interrupted', async () => {
    await close();
    await issue(await log.recompute('2026-01'), {});
    const started = await boot();
    await eventually(async () => (await completed(started)).length === 1);
    const ada = await started.stored('payee-ada');
    expect(ada.map(({ data }) => data)).toMatchObject([{ occurredAt: '2026-02-05T00:00:01.000Z' }]);
    expect((await started.stored('payee-bob')).length).toBe(1);
  }, 60_000);

  it('gives everybody who asks the same answer, and appends once', async () => {
    await close();
    const started = await boot();
    const [one, other] = await Promise.all([started.post(RUN), started.post(RUN)]);
    expect(one.body).toMatchObject({
      statementCount: 2,
      totals: [{ lineCount: 2, closing: { amount: '2000', currency: 'USD' } }],
    });
    expect(other.body).toEqual(one.body);
    await started.post('/programme/periods', { period: '2026-01' });
    expect((await started.post(RUN)).body).toEqual(one.body);
    expect((await started.stored('payee-ada')).length).toBe(1);
    expect((await completed(started)).length).toBe(1);
  }, 60_000);

  it('stops with an alarm at a statement that was issued with other content', async () => {
    await close();
    await issue(await log.recompute('2026-01'), { documentSha256: '0'.repeat(64) });
    const started = await boot();
    const reply = await started.post(RUN);
    expect(reply.status).toBe(409);
    expect(reply.body.code).toBe('statement_run_must_be_sound');
    expect(JSON.stringify(reply.body)).toContain('ada in USD for 2026-01: issued_statement_must');
    await eventually(() => started.app.get(ProcessLoops).alarms().length === 1);
    expect(await completed(started)).toEqual([]);
  }, 60_000);

  it('stops with an alarm at an event that states another amount than it earns', async () => {
    const terms = {
      ...{ orderId: 'bad', payeeId: 'ada', currency: 'USD', plan: RATE_10_PERCENT },
      ...{ lines: [100n], occurredAt: AT, clearsAt: '2026-01-17T00:00:00.000Z' },
    };
    await log.spoil(terms, (movement) => (movement['amountMinor'] = '11'));
    await close();
    const started = await boot();
    const reply = await started.post(RUN);
    expect(JSON.stringify(reply.body)).toContain('order-s1/bad@0 states 11');
    expect(await started.stored('payee-bob')).toEqual([]);
  }, 60_000);

  it('answers that a period is not closed', async () => {
    const started = await boot();
    const reply = await started.post(RUN);
    expect([reply.status, reply.body.code]).toEqual([409, 'period_must_be_closed']);
  }, 60_000);
});
