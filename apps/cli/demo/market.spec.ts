import { Chance } from './chance.ts';
import { Feed } from './feed.ts';
import { type MarketSize, marketOf } from './market.ts';

const SMALL: MarketSize = { sellers: 12, individuals: 40, agencies: 4, orders: 2_000 };

/** All that arrives in the market of this seed, as the platform sends it. */
function everything(seed: number): readonly object[] {
  const chance = new Chance(seed);
  const market = marketOf(chance, SMALL);
  const issued = market.applications.map(({ code, influencerId }, place) => ({
    ...{ code, payeeId: influencerId, text: `TEXT${place}` },
  }));
  const feed = new Feed(chance, issued, SMALL.orders);
  return Array.from({ length: 100 }, (_, day) => feed.arrivingOn(day)).flat();
}

describe("the demo's market", () => {
  it('is the same for the same seed, another for another', () => {
    expect(everything(1)).toEqual(everything(1));
    expect(everything(1)).not.toEqual(everything(2));
    expect(new Chance(7).share()).toBeCloseTo(new Chance(7).share(), 12);
  });

  it('has orders that come late, and refunds that come before their order', () => {
    const facts = everything(3) as { type: string; orderId: string; paidAt?: string }[];
    const orders = facts.filter(({ type }) => type === 'order');
    expect(orders.length).toBeGreaterThanOrEqual(SMALL.orders);
    const paid = orders.map(({ paidAt = '' }) => paidAt);
    expect(paid).not.toEqual(paid.toSorted());
    const seen = new Set<string>();
    const early = facts.filter(({ type, orderId }) => {
      if (type === 'order') seen.add(orderId);
      return type === 'refund' && !seen.has(orderId);
    });
    expect(early.length).toBeGreaterThan(0);
  });
});
