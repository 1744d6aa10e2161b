import fc from 'fast-check';
import { isRefusal } from '#ledger/decider.ts';
import { promoCode } from '#ledger/promo-code.ts';
import type { PromoCodeState } from '#ledger/promo-code.ts';
import { releaseRedemption, reserveRedemption } from '#ledger/redemptions.ts';
import { seller } from '#ledger/seller.ts';
import { given, NOW, on, outcomeOf } from '../support/given.ts';
import { claim, coded, ids, sold } from '../support/market.ts';

const { codeId, sellerId } = ids;
const enrolled = given(seller, sold.joined(), sold.enrolled());
const holder = { ...claim, payeeId: 'agency', promoterId: null };

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

/** Each order is always of the same one of three buyers. */
const buyerOf = (order: number) => 'ABC'.charAt(order % 3).repeat(22);

function reserve(order: number, state: PromoCodeState) {
  const line = { lineId: '1', productId: 'p1', quantity: 1, listMinor: '6000', paidMinor: '5400' };
  const content = {
    ...{ sellerId, orderId: `o${order}`, text: claim.text, currency: 'USD' },
    ...{ paidAt: on(5), buyer: buyerOf(order), lines: [line] },
  };
  const command = { content, contentHash: 'c'.repeat(64), holder, isSelfPurchase: false };
  return reserveRedemption({ ...command, judgedOn: [], now: NOW }, state, { seller: enrolled });
}

function release(order: number, revision: number, state: PromoCodeState) {
  const reservation = `promoCode-${codeId}@${revision}`;
  const settledBy = `order-${sellerId}/o${order}@0`;
  const command = { codeId, orderId: `o${order}`, reservation, settledBy, now: NOW };
  return releaseRedemption(command, state);
}

/** The tests' own count of a code's redemptions, in plain words. */
class Count {
  readonly #limits: { readonly total: number | null; readonly buyer: number | null };
  /** The revision of each order's reservation. */
  readonly reservedAt = new Map<number, number>();
  readonly counting = new Set<number>();

  constructor(total: number | null, buyer: number | null) {
    this.#limits = { total, buyer };
  }

  expected({ kind, order }: Step): string {
    if (kind === 'release') {
      if (!this.reservedAt.has(order)) return 'reservation_must_exist';
      return this.counting.has(order) ? 'RedemptionReleased' : 'unchanged';
    }
    if (this.reservedAt.has(order)) return 'unchanged';
    const { total, buyer } = this.#limits;
    if (total !== null && this.counting.size >= total) return 'total_limit_reached';
    if (buyer !== null && this.#usesLike(order) >= buyer) return 'buyer_limit_reached';
    return 'RedemptionReserved';
  }

  note(outcome: string, order: number, revision: number): void {
    if (outcome === 'RedemptionReleased') this.counting.delete(order);
    if (outcome !== 'RedemptionReserved') return;
    this.reservedAt.set(order, revision);
    this.counting.add(order);
  }

  #usesLike(order: number): number {
    return [...this.counting].filter((other) => buyerOf(other) === buyerOf(order)).length;
  }
}

describe('redemptions of a code', () => {
  it('never exceed a limit, none is turned away below it, and each order has one', () => {
    fc.assert(
      fc.property(limit, limit, steps, (totalLimit, perBuyerLimit, all) => {
        const created = coded.created({ totalLimit, perBuyerLimit });
        const setUp = [created, coded.planned(), coded.enabled()];
        const count = new Count(totalLimit, perBuyerLimit);
        let state = given(promoCode, ...setUp);
        let length = setUp.length;
        for (const step of all) {
          const { kind, order } = step;
          const decision =
            kind === 'reserve'
              ? reserve(order, state)
              : release(order, count.reservedAt.get(order) ?? 99, state);
          const outcome = outcomeOf(decision);
          expect(outcome).toBe(count.expected(step));
          count.note(outcome, order, length);
          if (isRefusal(decision)) continue;
          state = decision.events.reduce(promoCode.evolve, state);
          length += decision.events.length;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
