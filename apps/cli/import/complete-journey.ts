// The preset for the transactions of 84.51° Complete Journey: grocery baskets with coupons, 2017.
// The file holds no refunds; its rule is below in words.
import { decimalOf, minus } from './decimal.ts';
import { numberIn, type Preset, RowUnreadable, type SourceLine } from './preset.ts';
import { streamSafe, utcOf, wholeNumber } from './preset.ts';

const OPENS_AT = '2016-12-01T00:00:00.000Z';

function lineOf(cells: readonly string[]): SourceLine {
  const [household = '', store = '', basket = '', product = '', quantity = ''] = cells;
  const sales = decimalOf(cells[5] ?? '');
  const coupon = decimalOf(cells[6] ?? '');
  if (!sales) throw new RowUnreadable(`sales_value "${cells[5]}" is no number`);
  if (!coupon) throw new RowUnreadable(`coupon_disc "${cells[6]}" is no number`);
  return {
    invoice: basket,
    isRefund: false,
    isGoods: true,
    productId: product,
    quantity: wholeNumber(quantity, 'quantity'),
    paid: minus(sales, coupon),
    at: utcOf(cells[7] ?? ''),
    customer: household,
    sellerId: `store_${streamSafe(store)}`,
  };
}

export const completeJourney: Preset = {
  name: 'complete-journey',
  title: '84.51° Complete Journey transactions, USD, 2017',
  currency: 'USD',
  columns: ['household_id', 'store_id', 'basket_id', 'product_id', 'quantity'].concat(
    ...['sales_value', 'coupon_disc', 'transaction_timestamp'],
  ),
  lineOf,
  programme: { firstPeriod: '2017-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 },
  opensAt: OPENS_AT,
  codes: [
    {
      suffix: 'rate',
      rules: {
        name: 'Commission on baskets',
        discount: { kind: 'percentage', percentBps: 300 },
        minimumSpendMinor: '0',
        codeType: 'storewide',
        productIds: [],
        currency: 'USD',
        redeemableFrom: OPENS_AT,
        redeemableUntil: '2017-12-31T23:59:59.999Z',
        totalLimit: null,
        perBuyerLimit: null,
      },
      plans: [{ terms: { kind: 'rate', rateBps: 450 }, effectiveFrom: OPENS_AT }],
    },
  ],
  influencers: 40,
  influencerOf: ({ customer = '0' }) => numberIn(customer) % 40,
  rule: [
    'Times are local without a zone and are read as UTC. A line is what the buyer paid:',
    'sales_value less coupon_disc, exactly, then rounded once to cents.',
    'Seller: the store, with one storewide code at 4.5 %. Influencer: the household number',
    'modulo 40.',
    'A basket is one order, paid and confirmed at its earliest time, under its own number.',
    'Lines that are no sale (quantity 0, a coupon worth more than the sale) go in as they',
    'are, as `{basket}.void`, and are refused.',
  ],
};
