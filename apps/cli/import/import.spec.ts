import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { configFrom } from '#api/config.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import { inProcessLedger } from '../in-process-ledger.ts';
import type { Ledger } from '../ledger.ts';
import { completeJourney } from './complete-journey.ts';
import { onlineRetail } from './online-retail.ts';
import type { Preset } from './preset.ts';
import { importFile, type ImportReport, surveyFile } from './run.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

// Customer 100 follows influencer 20, who promotes `rate`; 101 follows 21, who promotes `fee`.
const TRAPS = [
  '1001,85123A,HEART,6,2010-12-01 08:26:00,2.55,100.0,United Kingdom',
  '1001,85123A,HEART,6,2010-12-01 08:26:00,2.55,100.0,United Kingdom',
  '1001,POST,POSTAGE,1,2010-12-01 08:26:00,18,100.0,United Kingdom',
  '1002,71053,"LANTERN, ""WHITE""",4,2010-12-01 09:00:00,3.39,100.0,United Kingdom',
  '1003,22041,FRAME,30,2010-12-01 09:30:00,2.1,101.0,EIRE',
  '1002,PADS,PADS,3,2010-12-01 09:01:00,0.005,100.0,United Kingdom',
  'A1004,B,Adjust bad debt,1,2010-12-02 10:00:00,11062.06,,United Kingdom',
  'A1005,B,Adjust bad debt,1,2010-12-02 10:01:00,-11062.06,,United Kingdom',
  '1006,22139,damaged,-27,2010-12-02 11:00:00,0,,United Kingdom',
  '1007,gift_0001_20,Gift Voucher £20.00,1,2010-12-02 12:00:00,19.99,,United Kingdom',
  '1007,BANK CHARGES,Bank Charges,1,2010-12-02 12:00:00,15,,United Kingdom',
  '1008,22139,NO CUSTOMER,1,2010-12-02 13:00:00,4.25,,Channel Islands',
  'C1009,85123A,HEART,-6,2010-12-03 08:00:00,2.55,100.0,United Kingdom',
  'C1009,85123A,HEART,-6,2010-12-03 08:00:00,2.55,100.0,United Kingdom',
  'C1009,85123A,HEART,-1,2010-12-03 08:00:00,2.55,100.0,United Kingdom',
  'C1010,71053,LANTERN,-5,2010-12-03 09:00:00,3.39,100.0,United Kingdom',
  'C1011,71053,LANTERN,-1,2010-12-03 10:00:00,3.39,,United Kingdom',
  'C1012,D,Discount,-1,2010-12-03 11:00:00,27.5,100.0,United Kingdom',
  '1013,22041,TOO LITTLE,1,2010-12-04 08:00:00,2.1,101.0,EIRE',
  'C1014,22041,TOO LITTLE,-1,2010-12-05 08:00:00,2.1,101.0,EIRE',
  'C1015,22041,TOO LITTLE,-1,2010-12-05 09:00:00,2.1,102.0,EIRE',
];

describe('importing an order file', () => {
  let directory: string;
  let ledger: Ledger;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'promo-ledger-import-'));
    ledger = await inProcessLedger(
      configFrom({ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_LOG_LEVEL: 'error' }),
    );
  });

  afterAll(async () => {
    await ledger.close();
    rmSync(directory, { recursive: true });
  });

  const imported = async (preset: Preset, csv: string): Promise<ImportReport> => {
    const file = join(directory, 'orders.csv.gz');
    writeFileSync(file, gzipSync(csv));
    return importFile(ledger, { file, preset }, await surveyFile({ file, preset }));
  };

  const told = ({ buckets }: ImportReport) =>
    Object.fromEntries(
      buckets.map(({ ending, reason, lines, minor }) => [`${ending} ${reason}`, [lines, minor]]),
    );

  const stream = async (name: string) => {
    const log = openSqliteReader(join(directory, 'ledger.db'));
    const events = await log.readStream(name);
    await log.close();
    return events.map(({ type, data }) => ({ type, data }) as { type: string; data: any });
  };

  it('ends every line in one of four ways that add up to the file', async () => {
    const report = await imported(onlineRetail, [HEADER, ...TRAPS, ''].join('\n'));
    expect(told(report)).toEqual({
      'attributed ': [6, 3060n + 1356n + 2n + 6300n + 425n],
      'refused below_minimum_spend': [1, 210n],
      'refused line_must_match_schema /lines/#/listMinor /lines/#/paidMinor': [1, -1106206n],
      'refused line_must_match_schema /lines/#/quantity': [1, 0n],
      'refused more_than_remains': [2, -255n - 1695n],
      'refused unknown_code': [4, 1800n + 1106206n + 1999n + 1500n],
      'refund_applied ': [2, -3060n],
      'nothing_to_reverse no_earlier_purchase': [3, -339n - 2750n - 210n],
      'nothing_to_reverse order_must_be_attributed': [1, -210n],
    });
    expect([report.endedLines, report.endedMinor]).toEqual([report.lines, report.minor]);
    expect(report.lines).toBe(TRAPS.length);
  });

  it('says what rounding each line once has cost', async () => {
    const report = await imported(onlineRetail, [HEADER, ...TRAPS, ''].join('\n'));
    expect(report.exact).toBe('81.325');
    expect(report.roundingDifference).toBe('0.005');
  });

  it('changes nothing when the file is imported again', async () => {
    const log = openSqliteReader(join(directory, 'ledger.db'));
    const before = await log.head();
    const report = await imported(onlineRetail, [HEADER, ...TRAPS, ''].join('\n'));
    expect(await log.head()).toBe(before);
    await log.close();
    expect(report.repeated).toBeGreaterThan(10);
    expect(report.endedMinor).toBe(report.minor);
  });

  it('keeps exact duplicates as separate lines, and takes charges out of the order', async () => {
    const [attributed] = await stream('order-United_Kingdom/1001');
    const { lines } = attributed!.data.verdict;
    expect(lines.map(({ lineId, paidMinor }: any) => [lineId, paidMinor])).toEqual([
      ['1', '1530'],
      ['2', '1530'],
    ]);
    const [charges] = await stream('order-United_Kingdom/1001.charges');
    expect(charges).toMatchObject({ type: 'OrderRejected', data: { reason: 'unknown_code' } });
  });

  it('takes the earliest of an invoice’s times, wherever its lines stand', async () => {
    const [attributed] = await stream('order-United_Kingdom/1002');
    expect(attributed!.data.verdict.paidAt).toBe('2010-12-01T09:00:00.000Z');
    expect(attributed!.data.verdict.lines).toHaveLength(2);
  });

  it('refuses a refund larger than what is left, and stores the refusal', async () => {
    const types = (await stream('order-United_Kingdom/1002')).map(({ type }) => type);
    expect(types).toContain('RefundRefused');
    const parked = await stream('order-United_Kingdom/C1012');
    expect(parked.map(({ type }) => type)).toEqual(['RefundParked']);
  });

  it('reads Complete Journey: 4.440892e-16, coupons worth more than the sale', async () => {
    const header =
      '"household_id","store_id","basket_id","product_id","quantity","sales_value",' +
      '"coupon_disc","transaction_timestamp"';
    const rows = [
      '"2261","309","3162","940996",1,3.86,0,"2017-01-28 14:06:53"',
      '"2261","309","3162","940997",2,4,1,"2017-01-28 14:06:53"',
      '"2491","389","3247","13945244",0,4.440892e-16,0,"2017-03-27 13:15:00"',
      '"2261","309","3163","940996",1,0,1.4,"2017-02-28 14:06:53"',
      '"2261","309","3164","940996",1,0,0,"2017-02-28 14:06:53"',
    ];
    const report = await imported(completeJourney, [header, ...rows, ''].join('\n'));
    expect(told(report)).toEqual({
      'attributed ': [3, 686n],
      'refused line_must_match_schema /lines/#/listMinor /lines/#/paidMinor': [1, -140n],
      'refused line_must_match_schema /lines/#/quantity': [1, 0n],
    });
    expect(report.roundingDifference).toBe('-0.0000000000000004440892');
  });

  it.each([
    ['a row with a price that is no number', `${HEADER}\n1,2,x,1,2010-12-01 08:26:00,free,1,UK\n`],
    ['a date that does not exist', `${HEADER}\n1,2,x,1,2010-13-01 08:26:00,1,1,UK\n`],
    ['half a row', `${HEADER}\n1,2,x,1\n`],
    ['a header without a column', 'InvoiceNo,StockCode\n1,2\n'],
    ['a file without rows', `${HEADER}\n`],
  ])('refuses %s, and says where', async (_what, csv) => {
    await expect(imported(onlineRetail, csv)).rejects.toThrow(/orders\.csv\.gz: /);
  });
});
