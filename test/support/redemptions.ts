// Orders for the code of `market.ts`, and what reserving them comes to.
import type { OrderContent, OrderLine } from '#ledger/order-content.ts';
import type { PromoCodeEvent } from '#ledger/promo-code.events.ts';
import { promoCode } from '#ledger/promo-code.ts';
import type { PromoCodeState } from '#ledger/promo-code.ts';
import { reserveRedemption } from '#ledger/redemptions.ts';
import type { ReserveRedemption } from '#ledger/redemptions.ts';
import { seller } from '#ledger/seller.ts';
import type { SellerState } from '#ledger/seller.ts';
import { eventsOf, given, on } from './given.ts';
import { claim, coded, ids, sold } from './market.ts';

const { codeId, sellerId } = ids;
export const enrolled = given(seller, sold.joined(), sold.enrolled());
export const setUp = [coded.created(), coded.planned(), coded.enabled()];
export const buyer = 'AAAAAAAAAAAAAAAAAAAAAA';
export const other = 'BBBBBBBBBBBBBBBBBBBBBB';
const holder = {
  ...{ text: claim.text, codeId, taskId: claim.taskId, sellerId },
  ...{ payeeId: claim.payeeId, promoterId: null },
};
export const line = (changes: Partial<OrderLine> = {}): OrderLine => ({
  ...{ lineId: '1', productId: 'p1', quantity: 1, listMinor: '6000', paidMinor: '5400' },
  ...changes,
});
export const content: OrderContent = {
  ...{ sellerId, orderId: 'o1', text: claim.text, currency: 'USD' },
  ...{ paidAt: on(5), lines: [line()] },
};
export const command: ReserveRedemption = {
  ...{ content, contentHash: 'c'.repeat(64), holder, isSelfPurchase: false },
  ...{ judgedOn: ['seller-connect@1'], now: on(6) },
};
export const ordered = (changes: Partial<OrderContent>, rest: Partial<ReserveRedemption> = {}) => ({
  ...command,
  ...rest,
  content: { ...content, ...changes },
});

export const reserve = (
  asked: ReserveRedemption,
  state: PromoCodeState,
  of: SellerState = enrolled,
) => reserveRedemption(asked, state, { seller: of });

/** The state after all of these orders were reserved, one after another. */
export function reserved(state: PromoCodeState, ...orders: readonly Partial<OrderContent>[]) {
  return orders.reduce((before, changes) => {
    const events: readonly PromoCodeEvent[] = eventsOf(reserve(ordered(changes), before));
    return events.reduce(promoCode.evolve, before);
  }, state);
}
