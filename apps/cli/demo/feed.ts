// The demo's platform: what arrives from the sellers' shops day by day. Most orders arrive within
// minutes of their payment, some days late; refunds come before their order at times; buyers type
// wrong codes. Made from the seed and from the codes that were issued.
import type { Timestamp } from '#ledger/values.ts';
import { dayOf, daysLater, moment, SELLING_DAYS } from './calendar.ts';
import type { Chance } from './chance.ts';
import type { DemoCode, DemoSeller } from './market.ts';

/** A text that an influencer holds. */
export interface IssuedText {
  readonly text: string;
  readonly code: DemoCode;
  readonly payeeId: string;
}

interface Arrival {
  readonly at: Timestamp;
  readonly fact: object;
}

interface Sale {
  readonly sellerId: string;
  readonly orderId: string;
  readonly currency: string;
  readonly paidAt: Timestamp;
  readonly arrivesAt: Timestamp;
  readonly paidMinor: bigint;
}

const BUYERS = 40_000;
const HOUR_MS = 3_600_000;
const OTHER_CURRENCY = 'CHF';

export class Feed {
  private readonly chance: Chance;
  private readonly issued: readonly IssuedText[];
  private readonly ordersPerDay: number;
  private readonly arrivals = new Map<number, Arrival[]>();
  private orders = 0;

  /** `issued` from the most popular to the least. */
  constructor(chance: Chance, issued: readonly IssuedText[], orders: number) {
    this.chance = chance;
    this.issued = issued;
    this.ordersPerDay = Math.ceil(orders / SELLING_DAYS);
  }

  /** What arrives on this day, in order of time; days must be asked for one after another. */
  arrivingOn(day: number): readonly object[] {
    if (day < SELLING_DAYS) for (let n = 0; n < this.ordersPerDay; n += 1) this.sell(day);
    const arrivals = this.arrivals.get(day) ?? [];
    this.arrivals.delete(day);
    return arrivals
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map(({ fact }) => fact);
  }

  private sell(day: number): void {
    const { chance } = this;
    const issued = chance.popularOf(this.issued);
    const paidAt = moment(day, chance.below(24 * HOUR_MS));
    const lines = this.basket(issued.code);
    const sale: Sale = {
      sellerId: issued.code.seller.sellerId,
      orderId: `order_${String((this.orders += 1)).padStart(7, '0')}`,
      currency: chance.happens(0.3) ? OTHER_CURRENCY : issued.code.seller.currency,
      paidAt,
      arrivesAt: this.arrivalOf(paidAt),
      paidMinor: lines.reduce((sum, { paidMinor }) => sum + BigInt(paidMinor), 0n),
    };
    const { sellerId, orderId, currency, arrivesAt } = sale;
    const buyerId = this.buyerOf(issued);
    const isConfirmed = chance.happens(30);
    this.arrive(arrivesAt, {
      type: 'order',
      ...{ sellerId, orderId, currency, paidAt, lines },
      code: this.typed(issued),
      ...(buyerId !== undefined && { buyerId }),
      ...(isConfirmed && { confirmedAt: paidAt }),
    });
    this.afterwards(sale, isConfirmed);
  }

  private basket({ seller, rules }: DemoCode) {
    const { chance } = this;
    const percent = rules.discount.kind === 'percentage' ? rules.discount.percentBps : 0;
    const isElsewhere = chance.happens(8);
    return Array.from({ length: chance.oneOf([1, 1, 1, 1, 1, 2, 2, 3]) }, (_, index) => {
      const { productId, priceMinor } = productOf(
        chance,
        seller,
        isElsewhere ? [] : rules.productIds,
      );
      const quantity = chance.oneOf([1, 1, 1, 2, 3]);
      const list = priceMinor * BigInt(quantity);
      const paid = (list * BigInt(10_000 - percent)) / 10_000n;
      const lineId = String(index + 1);
      return { lineId, productId, quantity, listMinor: `${list}`, paidMinor: `${paid}` };
    });
  }

  /** Most within ten minutes, three in a hundred up to twelve days late. */
  private arrivalOf(paidAt: Timestamp): Timestamp {
    const minutes = this.chance.below(600_000);
    return daysLater(paidAt, this.chance.happens(3) ? this.chance.between(1, 12) : 0, minutes);
  }

  private typed({ text }: IssuedText): string {
    const { chance } = this;
    if (chance.happens(1)) return `${text.slice(0, -1)}#`;
    if (chance.happens(1)) return [...text].reverse().join('');
    return chance.happens(20) ? text.toLowerCase() : text;
  }

  private buyerOf({ payeeId }: IssuedText): string | undefined {
    if (this.chance.happens(0.2)) return payeeId;
    return this.chance.happens(1) ? undefined : `buyer_${this.chance.below(BUYERS)}`;
  }

  private afterwards(sale: Sale, isConfirmed: boolean): void {
    const { chance } = this;
    const { sellerId, orderId, paidAt } = sale;
    if (!isConfirmed && chance.happens(92)) {
      const occurredAt = daysLater(paidAt, chance.between(1, 6));
      this.arrive(occurredAt, { type: 'confirmation', sellerId, orderId, occurredAt });
    }
    if (chance.happens(7)) this.refund(sale);
    if (chance.happens(0.2)) {
      const occurredAt = daysLater(paidAt, chance.between(5, 15));
      const reason = 'fraud confirmed by the platform';
      this.arrive(occurredAt, { type: 'invalidation', sellerId, orderId, reason, occurredAt });
    }
  }

  private refund(sale: Sale): void {
    const { chance } = this;
    const { sellerId, orderId, currency } = sale;
    // Some shops send a refund at once, though the order itself is still on its way.
    const occurredAt = chance.happens(10)
      ? daysLater(sale.paidAt, 0, 1_000)
      : daysLater(sale.arrivesAt, chance.between(1, 25));
    const refundId = `refund_${orderId}`;
    this.arrive(occurredAt, {
      type: 'refund',
      ...{ sellerId, orderId, refundId, currency, occurredAt },
      refund: this.refundOf(sale.paidMinor),
    });
    if (!chance.happens(3)) return;
    const wonAt = daysLater(occurredAt, chance.between(3, 12));
    this.arrive(wonAt, {
      type: 'refund_cancellation',
      ...{ sellerId, orderId, refundId, occurredAt: wonAt },
    });
  }

  private refundOf(paidMinor: bigint): object {
    const kind = this.chance.below(10);
    if (kind < 5) return { kind: 'everything' };
    if (kind < 9) return { kind: 'amount', amountMinor: `${paidMinor / 3n + 1n}` };
    return { kind: 'lines', lines: [{ lineId: '1', amountMinor: `${paidMinor / 2n + 1n}` }] };
  }

  private arrive(at: Timestamp, fact: object): void {
    const day = dayOf(at);
    const known = this.arrivals.get(day);
    if (known) known.push({ at, fact });
    else this.arrivals.set(day, [{ at, fact }]);
  }
}

function productOf(chance: Chance, seller: DemoSeller, set: readonly string[]) {
  if (set.length === 0) return chance.oneOf(seller.products);
  const productId = chance.oneOf(set);
  return seller.products.find((product) => product.productId === productId)!;
}
