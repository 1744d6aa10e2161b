import { eventsOf, given, on, outcomeOf } from '../../test/support/given.ts';
import { claim, coded, ids, issued, sold } from '../../test/support/market.ts';
import { issuedCode } from './issued-code.ts';
import type { OrderContent, OrderLine } from './order-content.ts';
import { OrderRejectionReason } from './order.events.ts';
import type { PromoCodeEvent } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import type { PromoCodeState } from './promo-code.ts';
import { usesBy, usesInAll } from './redemption-index.ts';
import {
  holderOf,
  judgeLines,
  releaseRedemption,
  reservationOf,
  reserveRedemption,
} from './redemptions.ts';
import type { ReserveRedemption } from './redemptions.ts';
import { seller } from './seller.ts';
import type { SellerState } from './seller.ts';

const { codeId, sellerId } = ids;
const enrolled = given(seller, sold.joined(), sold.enrolled());
const setUp = [coded.created(), coded.planned(), coded.enabled()];
const buyer = 'AAAAAAAAAAAAAAAAAAAAAA';
const other = 'BBBBBBBBBBBBBBBBBBBBBB';
const holder = {
  ...{ text: claim.text, codeId, taskId: claim.taskId, sellerId },
  ...{ payeeId: claim.payeeId, promoterId: null },
};
const line = (changes: Partial<OrderLine> = {}): OrderLine => ({
  ...{ lineId: '1', productId: 'p1', quantity: 1, listMinor: '6000', paidMinor: '5400' },
  ...changes,
});
const content: OrderContent = {
  ...{ sellerId, orderId: 'o1', text: claim.text, currency: 'USD' },
  ...{ paidAt: on(5), lines: [line()] },
};
const command: ReserveRedemption = {
  ...{ content, contentHash: 'c'.repeat(64), holder, isSelfPurchase: false },
  ...{ judgedOn: ['seller-connect@1'], now: on(6) },
};
const ordered = (changes: Partial<OrderContent>, rest: Partial<ReserveRedemption> = {}) => ({
  ...command,
  ...rest,
  content: { ...content, ...changes },
});

const reserve = (asked: ReserveRedemption, state: PromoCodeState, of: SellerState = enrolled) =>
  reserveRedemption(asked, state, { seller: of });

/** The state after all of these orders were reserved, one after another. */
function reserved(state: PromoCodeState, ...orders: readonly Partial<OrderContent>[]) {
  return orders.reduce((before, changes) => {
    const events: readonly PromoCodeEvent[] = eventsOf(reserve(ordered(changes), before));
    return events.reduce(promoCode.evolve, before);
  }, state);
}

describe('the verdict on an order', () => {
  it('holds all that the order needs', () => {
    const full = ordered(
      { buyer },
      {
        confirmation: { confirmedAt: on(5) },
        hold: { reason: 'influencer_suspended', by: 'rule:suspension' },
      },
    );
    const verdict = {
      ...{ sellerId, orderId: 'o1', codeId, taskId: claim.taskId, text: claim.text },
      ...{ payeeId: 'agency', promoterId: null, buyer, paidAt: on(5), currency: 'USD' },
      lines: [{ ...line(), eligible: true }],
      plan: { version: 1, rounding: 1, kind: 'rate', rateBps: 1_000 },
      commissionMinor: '540',
      confirmation: { confirmedAt: on(5) },
      hold: { reason: 'influencer_suspended', by: 'rule:suspension' },
      contentHash: 'c'.repeat(64),
      judgedOn: ['seller-connect@1'],
    };
    expect(reserve(full, given(promoCode, ...setUp))).toEqual({
      events: [{ type: 'RedemptionReserved', data: { verdict, occurredAt: on(6) } }],
    });
  });

  it('pins the plan that was in force when the order was paid', () => {
    const state = given(promoCode, ...setUp, coded.planned(2, 2_000, on(10)));
    const commissions = [9, 10].map((day) => {
      const [event] = eventsOf(reserve(ordered({ paidAt: on(day) }), state));
      return event?.data.verdict.commissionMinor;
    });
    expect(commissions).toEqual(['540', '1080']);
  });

  it('marks the products of the set and earns on them alone, rounding each line', () => {
    const set = coded.created({
      ...{ codeType: 'set_products', productIds: ['p1', 'p3'], minimumSpendMinor: '200' },
    });
    const lines = ['p1', 'p2', 'p3'].map((productId, i) =>
      line({ lineId: String(i), productId, listMinor: '100', paidMinor: '25' }),
    );
    const state = given(promoCode, set, coded.planned(), coded.enabled());
    const verdict = eventsOf(reserve(ordered({ lines }), state))[0]?.data.verdict;
    expect(verdict?.lines.map(({ eligible }) => eligible)).toEqual([true, false, true]);
    expect(verdict?.commissionMinor).toBe('6');
  });

  it('earns a fixed fee once, and none for a free order', () => {
    const fee: PromoCodeEvent = {
      type: 'RewardPlanChanged',
      data: {
        ...{ codeId, version: 1, terms: { kind: 'fixed_fee', feeMinor: '250' } },
        ...{ effectiveFrom: on(1), occurredAt: on(1) },
      },
    };
    const earnedOn = (...paid: string[]) => {
      const lines = paid.map((paidMinor, i) => line({ lineId: String(i), paidMinor }));
      const state = given(promoCode, coded.created(), fee, coded.enabled());
      return eventsOf(reserve(ordered({ lines }), state))[0]?.data.verdict.commissionMinor;
    };
    expect([earnedOn('100', '100'), earnedOn('0', '0')]).toEqual(['250', '0']);
  });
});

describe('why an order is rejected', () => {
  /** Every fault at once; each rung is the reason, and what mends it. */
  it('is the first reason in the order in which they are declared', () => {
    const set = (totalLimit: number) => [
      coded.created({
        ...{ codeType: 'set_products', productIds: ['p1'], totalLimit, perBuyerLimit: 1 },
      }),
      ...[coded.planned(), coded.enabled(on(1))],
    ];
    const first = ordered({ orderId: 'first', buyer, paidAt: on(1) });
    const used = eventsOf(reserve(first, given(promoCode, ...set(1))));
    const after = (...events: PromoCodeEvent[]) => given(promoCode, ...set(1), ...used, ...events);
    const off = coded.disabled(on(2));
    const pausedOff = [off, coded.paused(on(2))];
    const faults = {
      state: given(promoCode),
      seller: given(seller),
      command: ordered(
        { currency: 'EUR', paidAt: on(31, '10:01'), lines: [line({ productId: 'p9' })] },
        { isSelfPurchase: true },
      ),
    };
    const inDollars = ordered(
      { paidAt: on(31, '10:01'), lines: [line({ productId: 'p9' })] },
      { isSelfPurchase: true },
    );
    const inWindow = ordered({ lines: [line({ productId: 'p9' })] }, { isSelfPurchase: true });
    const eligible = ordered({ lines: [line({ listMinor: '4999' })] }, { isSelfPurchase: true });
    const enough = ordered({ lines: [line({ listMinor: '5000' })] }, { isSelfPurchase: true });
    const rungs: readonly (readonly [OrderRejectionReason, Partial<typeof faults>])[] = [
      ['unknown_code', { state: after(...pausedOff, coded.closed(on(3))) }],
      ['seller_not_enrolled', { seller: enrolled }],
      ['currency_differs', { command: inDollars }],
      ['outside_redemption_window', { command: inWindow }],
      ['code_closed', { state: after(...pausedOff) }],
      ['code_paused', { state: after(off) }],
      ['affiliate_switch_off', { state: after() }],
      ['no_eligible_product', { command: eligible }],
      ['below_minimum_spend', { command: enough }],
      ['self_purchase', { command: ordered({}) }],
      ['buyer_missing', { command: ordered({ buyer }) }],
      ['total_limit_reached', { state: given(promoCode, ...set(2), ...used) }],
      ['buyer_limit_reached', { command: ordered({ buyer: other }) }],
    ];
    let world = faults;
    for (const [reason, mend] of rungs) {
      expect(outcomeOf(reserve(world.command, world.state, world.seller))).toBe(reason);
      world = { ...world, ...mend };
    }
    expect(outcomeOf(reserve(world.command, world.state, world.seller))).toBe('RedemptionReserved');
    expect(rungs.map(([reason]) => reason)).toEqual(OrderRejectionReason.options);
  });

  it('judges the window with both its ends, all else from its first moment to before its last', () => {
    const state = given(
      promoCode,
      ...[...setUp, coded.paused(on(10)), coded.resumed(on(12))],
      ...[coded.disabled(on(20)), coded.enabled(on(22)), coded.closed(on(31))],
    );
    const always = given(seller, sold.joined(), sold.enrolled(on(1, '00:00')));
    const judged = (paidAt: string) => outcomeOf(reserve(ordered({ paidAt }), state, always));
    expect(judged(on(1, '09:59'))).toBe('outside_redemption_window');
    expect(judged(on(1))).toBe('RedemptionReserved');
    expect(judged(on(10))).toBe('code_paused');
    expect(judged(on(12))).toBe('RedemptionReserved');
    expect(judged(on(20))).toBe('affiliate_switch_off');
    expect(judged(on(22))).toBe('RedemptionReserved');
    expect(judged(on(31, '09:59'))).toBe('RedemptionReserved');
    expect(judged(on(31))).toBe('code_closed');
    expect(judged(on(31, '10:01'))).toBe('outside_redemption_window');
    const open = given(promoCode, ...setUp);
    expect(outcomeOf(reserve(ordered({ paidAt: on(31) }), open))).toBe('RedemptionReserved');
  });

  it('judges enrolment when the order was paid, also after the seller left', () => {
    const left = given(seller, sold.joined(), sold.enrolled(on(3)), sold.left(on(20)));
    const judged = (paidAt: string) =>
      outcomeOf(reserve(ordered({ paidAt }), given(promoCode, ...setUp), left));
    expect([on(2), on(3), on(19), on(20)].map(judged)).toEqual([
      'seller_not_enrolled',
      'RedemptionReserved',
      'RedemptionReserved',
      'seller_not_enrolled',
    ]);
  });

  it('is that the code is unknown when the order is another seller’s', () => {
    const state = given(promoCode, ...setUp);
    expect(outcomeOf(reserve(ordered({ sellerId: 'another' }), state))).toBe('unknown_code');
  });

  it('looks at what the eligible lines list for the minimum spend, not at what was paid', () => {
    const lines = [line({ listMinor: '5000', paidMinor: '1' })];
    const state = given(promoCode, ...setUp);
    expect(outcomeOf(reserve(ordered({ lines }), state))).toBe('RedemptionReserved');
  });

  it('needs no buyer where the code does not limit its buyers', () => {
    expect(outcomeOf(reserve(command, given(promoCode, ...setUp)))).toBe('RedemptionReserved');
  });
});

describe('an order that was reserved before', () => {
  it('changes nothing, whatever its content and whatever became of the code', () => {
    const before = reserved(given(promoCode, ...setUp), { orderId: 'o1' }, { orderId: 'o2' });
    const state = promoCode.evolve(before, coded.closed(on(1)));
    const again = ordered({ currency: 'EUR', sellerId: 'another', lines: [] });
    expect(outcomeOf(reserve(again, state, given(seller)))).toBe('unchanged');
    expect(reservationOf(state, 'o1')).toBe(3);
    expect(reservationOf(state, 'o2')).toBe(4);
    expect(reservationOf(state, 'o3')).toBeUndefined();
    expect(reservationOf(given(promoCode), 'o1')).toBeUndefined();
  });
});

describe('limits', () => {
  const limit = (totalLimit: number | null, perBuyerLimit: number | null) =>
    given(
      promoCode,
      ...[coded.created({ totalLimit, perBuyerLimit }), coded.planned(), coded.enabled()],
    );

  it('let exactly as many orders through as they say, in all and for each buyer', () => {
    const two = reserved(limit(3, 2), { orderId: 'a', buyer }, { orderId: 'b', buyer });
    const third = { orderId: 'c', buyer };
    expect(outcomeOf(reserve(ordered(third), two))).toBe('buyer_limit_reached');
    const three = reserved(two, { orderId: 'd', buyer: other });
    expect(outcomeOf(reserve(ordered({ orderId: 'e', buyer: other }), three))).toBe(
      'total_limit_reached',
    );
  });

  it('say what was counted', () => {
    const full = reserved(limit(1, null), { orderId: 'a' });
    expect(reserve(ordered({ orderId: 'b' }), full)).toEqual({
      refused: 'total_limit_reached',
      details: { codeId, totalLimit: 1 },
    });
  });

  const release = (state: PromoCodeState, orderId: string, revision: number) =>
    releaseRedemption(
      {
        ...{ codeId, orderId, reservation: `promoCode-${codeId}@${revision}` },
        ...{ settledBy: `order-${sellerId}/${orderId}@0`, now: on(7) },
      },
      state,
    );

  it('get a use back from a release, once, and remember the reservation', () => {
    let state = reserved(limit(1, 1), { orderId: 'a', buyer });
    const events: readonly PromoCodeEvent[] = eventsOf(release(state, 'a', 3));
    state = events.reduce(promoCode.evolve, state);
    if (state.status === 'absent') throw new Error('no code');
    expect([usesInAll(state.redemptions), usesBy(state.redemptions, buyer)]).toEqual([0, 0]);
    expect(outcomeOf(release(state, 'a', 3))).toBe('unchanged');
    expect(outcomeOf(reserve(ordered({ orderId: 'a', buyer }), state))).toBe('unchanged');
    expect(reservationOf(state, 'a')).toBe(3);
    expect(outcomeOf(reserve(ordered({ orderId: 'b', buyer }), state))).toBe('RedemptionReserved');
  });

  it('release nothing that was not reserved, or under another name', () => {
    const state = reserved(limit(1, 1), { orderId: 'a', buyer });
    expect(outcomeOf(release(given(promoCode), 'a', 3))).toBe('reservation_must_exist');
    expect(outcomeOf(release(state, 'b', 3))).toBe('reservation_must_exist');
    expect(outcomeOf(release(state, 'a', 2))).toBe('reservation_must_exist');
  });
});

describe('whom a text leads to', () => {
  const state = given(issuedCode, issued.issued(on(2)), issued.revoked(on(20)));
  const to = (changes: Partial<OrderContent>) =>
    holderOf({ ...content, ...changes }, state)?.payeeId;

  it('is the payee, from the moment of issue until it is revoked', () => {
    const days = [on(2, '09:59'), on(2), on(19), on(20)];
    expect(days.map((paidAt) => to({ paidAt }))).toEqual([
      undefined,
      'agency',
      'agency',
      undefined,
    ]);
  });

  it('is nobody for another seller’s order, a text never issued, or no text', () => {
    expect([to({ sellerId: 'another' }), to({ text: null })]).toEqual([undefined, undefined]);
    expect(holderOf(content, given(issuedCode))).toBeNull();
  });
});

describe('the lines of a rejected order', () => {
  it('are marked by the code, and none is eligible without one', () => {
    const state = given(promoCode, ...setUp);
    if (state.status === 'absent') throw new Error('no code');
    expect(judgeLines([line()], state)).toEqual([{ ...line(), eligible: true }]);
    expect(judgeLines([line()], null)).toEqual([{ ...line(), eligible: false }]);
  });
});
