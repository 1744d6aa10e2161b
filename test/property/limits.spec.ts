import fc from 'fast-check';
import { isRefusal } from '#ledger/decider.ts';
import type { PromoCodeEvent } from '#ledger/promo-code.events.ts';
import { promoCode } from '#ledger/promo-code.ts';
import { releaseRedemption, reserveRedemption } from '#ledger/redemptions.ts';
import { seller } from '#ledger/seller.ts';
import { given, NOW, on } from '../support/given.ts';
import { claim, coded, ids, sold } from '../support/market.ts';
import { commissionOf } from './order-lives.ts';

const { codeId, sellerId } = ids;
const enrolled = given(seller, sold.joined(), sold.enrolled());
const holder = { ...claim, payeeId: 'agency', promoterId: null };
const BUYERS = ['A', 'B', 'C'].map((letter) => letter.repeat(22));

interface Step {
  readonly kind: 'reserve' | 'release';
  readonly order: number;
}
const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('reserve', 'reserve', 'reserve', 'release'),
    order: fc.integer({ min: 0, max: 20 }),
  }),
  { maxLength: 60 },
);
const limit = fc.option(fc.integer({ min: 1, max: 6 }));

/** Each order is always of the same buyer. */
const buyerOf = (order: number) => BUYERS[order % BUYERS.length]!;

function reserve(order: number, paidMinor: string, state: ReturnType<typeof promoCode.initial>) {
  const line = { lineId: '1', productId: 'p1', quantity: 1, listMinor: '6000', paidMinor };
  const content = {
    ...{ sellerId, orderId: `o${order}`, text: claim.text, currency: 'USD' },
    ...{ paidAt: on(5), buyer: buyerOf(order), lines: [line] },
  };
  const command = { content, contentHash: 'c'.repeat(64), holder, isSelfPurchase: false };
  const context = { judgedOn: [], now: NOW };
  return reserveRedemption({ ...command, ...context }, state, { seller: enrolled });
}

describe('redemptions of a code', () => {
  it('never exceed a limit, none is turned away below it, and each order has one', () => {
    fc.assert(
      fc.property(limit, limit, steps, (totalLimit, perBuyerLimit, all) => {
        const rules = { totalLimit, perBuyerLimit, minimumSpendMinor: '0' };
        let state = given(promoCode, coded.created(rules), coded.planned(), coded.enabled());
        let revision = 2;
        // The tests' own count: where each order was reserved, and which of them still count.
        const reservations = new Map<number, number>();
        const counting = new Set<number>();
        const usesOf = (buyer: string) =>
          [...counting].filter((order) => buyerOf(order) === buyer).length;
        const put = (events: readonly PromoCodeEvent[]) => {
          state = events.reduce(promoCode.evolve, state);
          revision += events.length;
        };
        for (const { kind, order } of all) {
          if (kind === 'release') {
            const reservation = `promoCode-${codeId}@${reservations.get(order) ?? 99}`;
            const settledBy = `order-${sellerId}/o${order}@0`;
            const release = { codeId, orderId: `o${order}`, reservation, settledBy, now: NOW };
            const decision = releaseRedemption(release, state);
            expect(isRefusal(decision)).toBe(!reservations.has(order));
            if (isRefusal(decision)) continue;
            expect(decision.events.length).toBe(counting.has(order) ? 1 : 0);
            put(decision.events);
            counting.delete(order);
            continue;
          }
          const paid = String(order * 137);
          const decision = reserve(order, paid, state);
          if (reservations.has(order)) {
            expect(decision).toEqual({ events: [] });
            continue;
          }
          const isTotalReached = totalLimit !== null && counting.size >= totalLimit;
          const isBuyerReached = perBuyerLimit !== null && usesOf(buyerOf(order)) >= perBuyerLimit;
          if (isRefusal(decision)) {
            const reached = isTotalReached ? 'total_limit_reached' : 'buyer_limit_reached';
            expect([decision.refused, isTotalReached || isBuyerReached]).toEqual([reached, true]);
            continue;
          }
          expect(isTotalReached || isBuyerReached).toBe(false);
          const plan = { version: 1, rounding: 1, kind: 'rate', rateBps: 1_000 } as const;
          expect(decision.events[0]?.data.verdict.commissionMinor).toBe(
            String(commissionOf(plan, [BigInt(paid)])),
          );
          put(decision.events);
          reservations.set(order, revision);
          counting.add(order);
        }
        expect(totalLimit === null || counting.size <= totalLimit).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
