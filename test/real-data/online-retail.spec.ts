// All of Online Retail through the bulk endpoint, every month closed, against a calculation that is
// made from the file alone. Set PROMO_LEDGER_REAL_DATA=skip to leave it out of a hurried run.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { configFrom } from '#api/config.ts';
import { closePeriod } from '#cli/closing.ts';
import { configOf } from '#cli/connect.ts';
import { onlineRetail } from '#cli/import/online-retail.ts';
import { importFile, type ImportReport, surveyFile } from '#cli/import/run.ts';
import { inProcessLedger } from '#cli/in-process-ledger.ts';
import { issuedStatements } from '#cli/issued-statements.ts';
import type { Ledger } from '#cli/ledger.ts';
import { balancesOf, eventsOfTypes, withLog } from '#cli/log-reading.ts';
import { fraction, isSame } from './fractions.ts';
import { type ByHand, calculatedByHand, type Outcome } from './online-retail-by-hand.ts';

const FILE = fileURLToPath(
  new URL('../../../shared/data/online-retail/online-retail.csv.gz', import.meta.url),
);
const MONTHS = [
  '2010-12',
  ...Array.from({ length: 12 }, (_, n) => `2011-${String(n + 1).padStart(2, '0')}`),
];
const TEN_MINUTES = 600_000;

const isThere = existsSync(FILE) && process.env.PROMO_LEDGER_REAL_DATA !== 'skip';
if (!isThere) console.log(`skipping Online Retail: ${FILE} is not there, or was to be skipped`);

(isThere ? describe : describe.skip)('Online Retail, imported whole', () => {
  let byHand: ByHand;
  let report: ImportReport;
  let directory: string;
  let ledger: Ledger;

  beforeAll(async () => {
    byHand = calculatedByHand(gunzipSync(readFileSync(FILE)).toString('utf8'));
    directory = mkdtempSync(join(tmpdir(), 'promo-ledger-real-'));
    ledger = await inProcessLedger(
      configFrom({ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_LOG_LEVEL: 'error' }),
    );
    const source = { file: FILE, preset: onlineRetail };
    report = await importFile(ledger, source, await surveyFile(source));
    for (const month of MONTHS) await closePeriod(ledger, month);
  }, TEN_MINUTES);

  afterAll(async () => {
    await ledger.close();
    rmSync(directory, { recursive: true });
  });

  it('is calculated by hand to the sums that the file is known to have', () => {
    expect(byHand.lines).toBe(541_909);
    expect(isSame(byHand.exact, fraction('9747747.934'))).toBe(true);
    const known = { '2010-12': '748957.02', '2011-04': '493207.121', '2011-11': '1461756.25' };
    for (const [month, sum] of Object.entries(known)) {
      expect([month, isSame(byHand.exactByMonth.get(month)!, fraction(sum))]).toEqual([
        month,
        true,
      ]);
    }
  });

  it('loses nothing: the four endings add up to the file, in lines and in money', () => {
    expect(report.lines).toBe(541_909);
    expect([report.endedLines, report.endedMinor]).toEqual([report.lines, report.minor]);
    expect(report.exact).toBe('9747747.934');
    expect(report.roundingDifference).toBe('-0.004');
  });

  it('ends every line as the calculation by hand says', () => {
    const reported = new Map<string, Outcome>();
    for (const { ending, reason, lines, minor } of report.buckets) {
      reported.set(`${ending} ${BY_HAND[reason] ?? reason}`.trim(), { lines, pence: minor });
    }
    expect(inOrder(reported)).toEqual(inOrder(byHand.endings));
  });

  it('stores refunds larger than what is left as refused', async () => {
    const refused = await withLog(configOf({ data: directory }), async (log) => {
      let count = 0;
      for await (const { event } of eventsOfTypes(log, ['RefundRefused'])) {
        expect(event.data.reason).toBe('more_than_remains');
        count += 1;
      }
      return count;
    });
    expect(refused).toBe(byHand.endings.get('refused more_than_remains')!.lines);
  });

  it('issues for every month what the calculation by hand comes to, to the penny', async () => {
    const issued = new Map<string, Outcome>();
    for (const { payeeId, period, lineCount, linesMinor } of await issuedStatements(
      configOf({ data: directory }),
      {},
    )) {
      if (lineCount === 0) continue;
      issued.set(`${payeeId} ${period}`, { lines: lineCount, pence: BigInt(linesMinor) });
    }
    expect(issued.size).toBeGreaterThan(500);
    expect(inOrder(issued)).toEqual(inOrder(byHand.statements));
  });

  it('leaves nothing pending, and a trial balance of zero', async () => {
    const balances = await withLog(configOf({ data: directory }), (log) => balancesOf(log));
    const sum = (some: typeof balances) => some.reduce((all, each) => all + each.balanceMinor, 0n);
    expect(sum(balances)).toBe(0n);
    expect(sum(balances.filter(({ account }) => account.endsWith(':pending')))).toBe(0n);
  });
});

/** The calculation by hand names some reasons in its own words. */
const BY_HAND: Readonly<Record<string, string>> = {
  order_must_be_attributed: 'order_rejected',
  'line_must_match_schema /lines/#/quantity': 'quantity',
  'line_must_match_schema /lines/#/listMinor /lines/#/paidMinor': 'money',
};

const inOrder = (outcomes: ReadonlyMap<string, Outcome>) =>
  [...outcomes.entries()]
    .map(([key, { lines, pence }]) => [key, lines, pence] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
