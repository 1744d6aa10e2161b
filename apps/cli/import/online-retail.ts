// The preset for UCI Online Retail (data set 352): every order line of a UK web shop, 2010-12 to
// 2011-12. Its rule is below in words; each sentence of it is a test in `test/real-data`.
import type { CodeRules } from '#ledger/promo-code.events.ts';
import { decimalOf, times } from './decimal.ts';
import { numberIn, type Preset, RowUnreadable, type SourceLine } from './preset.ts';
import { streamSafe, utcOf, wholeNumber } from './preset.ts';

const OPENS_AT = '2010-11-01T00:00:00.000Z';
const FILE_ENDS = '2011-12-31T23:59:59.999Z';

/** Stock codes that are not goods: postage, fees, discounts, samples, adjustments, vouchers. */
const CHARGES = new Set(
  ['POST', 'DOT', 'C2', 'M', 'm', 'D', 'S', 'B'].concat('BANK CHARGES', 'AMAZONFEE', 'CRUK'),
);

const isGoods = (invoice: string, stockCode: string) =>
  !invoice.startsWith('A') && !CHARGES.has(stockCode) && !stockCode.startsWith('gift_');

function lineOf(cells: readonly string[]): SourceLine {
  const [invoice = '', stockCode = '', quantity = '', time = '', price = '', customer = ''] = cells;
  const unitPrice = decimalOf(price);
  if (!unitPrice) throw new RowUnreadable(`UnitPrice "${price}" is no number`);
  if (!/^[AC]?\d+$/.test(invoice)) throw new RowUnreadable(`InvoiceNo "${invoice}" is none`);
  const count = wholeNumber(quantity, 'Quantity');
  return {
    invoice,
    isRefund: invoice.startsWith('C'),
    isGoods: isGoods(invoice, stockCode),
    productId: stockCode,
    quantity: count,
    paid: times(unitPrice, count),
    at: utcOf(time),
    customer: customer === '' ? undefined : customer.replace(/\.0$/, ''),
    sellerId: streamSafe(cells[6] ?? ''),
  };
}

const storewide = {
  discount: { kind: 'percentage', percentBps: 500 },
  codeType: 'storewide',
  productIds: [] as string[],
  currency: 'GBP',
  redeemableFrom: OPENS_AT,
} satisfies Partial<CodeRules>;

export const onlineRetail: Preset = {
  name: 'online-retail',
  title: 'UCI Online Retail, GBP, December 2010 to December 2011',
  currency: 'GBP',
  columns: [
    ...['InvoiceNo', 'StockCode', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'],
  ],
  lineOf,
  programme: { firstPeriod: '2010-12', graceHours: 72, holdDays: 14, confirmationLimitDays: 180 },
  opensAt: OPENS_AT,
  codes: [
    {
      suffix: 'rate',
      rules: {
        ...storewide,
        name: 'Commission on sales',
        minimumSpendMinor: '0',
        redeemableUntil: FILE_ENDS,
        totalLimit: null,
        perBuyerLimit: null,
      },
      plans: [
        { terms: { kind: 'rate', rateBps: 750 }, effectiveFrom: OPENS_AT },
        { terms: { kind: 'rate', rateBps: 825 }, effectiveFrom: '2011-07-01T00:00:00.000Z' },
      ],
    },
    {
      suffix: 'fee',
      rules: {
        ...storewide,
        name: 'Fixed fee per use',
        minimumSpendMinor: '5000',
        redeemableUntil: '2011-11-30T23:59:59.999Z',
        totalLimit: 6_000,
        perBuyerLimit: 25,
      },
      plans: [{ terms: { kind: 'fixed_fee', feeMinor: '125' }, effectiveFrom: OPENS_AT }],
    },
  ],
  influencers: 40,
  influencerOf: ({ customer, invoice }) => numberIn(customer ?? invoice) % 40,
  rule: [
    'Times have no zone and are read as UTC. A price is multiplied by its quantity exactly;',
    'the line is then rounded once to pence, half away from zero.',
    'Seller: the country of the invoice. Two codes each: `rate` (7.5 %, from July 2011 8.25',
    '%) and `fee` (1.25 per use, minimum spend 50.00, to the end of November 2011, at most 25',
    'uses for a buyer and 6,000 in all). Influencer: the customer number modulo 40, without a',
    'customer the invoice number modulo 40; even numbers promote `rate`, odd ones `fee`.',
    'An invoice is one order, paid and confirmed at its earliest time, under its own number.',
    'Lines that repeat each other are separate lines. Postage, fees, discounts, samples,',
    'vouchers and other adjustments are bought without a code: they are the order',
    '`{invoice}.charges`, which the ledger rejects as unknown_code; so are all lines of A',
    'invoices. Lines that are no sale (quantity below 1, negative money) go in as they are,',
    'as `{invoice}.void`, and are refused.',
    'Invoices take effect in the order in which their last lines stand in the file.',
    'Refunds (C invoices): each line is a refund of its own, `{invoice}.{n}`. It reverses the',
    'latest earlier line of goods of the same customer with the same stock code that has at',
    'least so much left; when none has, the latest that has anything left, else the latest,',
    'and the ledger refuses it for more than remains. Without an earlier purchase, or without',
    'a customer, it is parked under its own invoice number: there is nothing to reverse. So',
    'is one whose order was rejected.',
  ],
};
