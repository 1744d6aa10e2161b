// Lines of a feed, drawn from a seed: orders with a few texts, and refunds and confirmations of
// orders that came or are yet to come.
const PAID_AT = '2026-01-05T10:00:00.000Z';
const BUYERS = 40;

/** The newest text gives way once it was drawn so often. */
const NEWEST_DRAWN = 50;

export interface Line {
  readonly type: string;
  readonly sellerId: string;
  readonly orderId: string;
}

export class DrawnLines {
  /** That orders come with, besides the newest. */
  texts: readonly string[] = [];
  readonly #name: string;
  #newest = '';
  #newestDrawn = 0;
  #orders = 0;
  #random: number;

  constructor(seed: number, name: string) {
    this.#random = seed;
    this.#name = name;
  }

  get wantsNewest(): boolean {
    return this.#newest === '' || this.#newestDrawn >= NEWEST_DRAWN;
  }

  set newest(text: string) {
    this.#newest = text;
    this.#newestDrawn = 0;
  }

  line(): Line {
    const dice = this.#below(10);
    if (dice < 6 || this.#orders < 3) return this.order();
    // Of an order that came, or of one that will come only later.
    const orderId = `${this.#name}o${1 + this.#below(this.#orders + 5)}`;
    const fact = { sellerId: 's1', orderId, occurredAt: PAID_AT };
    if (dice < 7) return { type: 'confirmation', ...fact };
    const refundId = `r${this.#below(3)}`;
    const refund = { kind: 'amount', amountMinor: String(100 * (1 + this.#below(30))) };
    return { type: 'refund', ...fact, refundId, currency: 'USD', refund } as Line;
  }

  order(): Line {
    this.#orders += 1;
    const paid = 1_000 + this.#below(9_000);
    const lines = [
      { lineId: '1', productId: 'p', quantity: 1, listMinor: `${paid}`, paidMinor: `${paid}` },
    ];
    const code = this.#below(20) === 0 ? 'NEVER123' : this.#text();
    const buyerId = `b${this.#below(BUYERS)}`;
    const orderId = `${this.#name}o${this.#orders}`;
    const order = { sellerId: 's1', orderId, code, currency: 'USD', buyerId };
    return { type: 'order', ...order, paidAt: PAID_AT, lines } as Line;
  }

  #text(): string {
    const text = this.texts[this.#below(this.texts.length + 1)];
    if (text !== undefined) return text;
    this.#newestDrawn += 1;
    return this.#newest;
  }

  /** A linear congruential generator: enough to mix, and the same for the same seed. */
  #below(end: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * end);
  }
}
