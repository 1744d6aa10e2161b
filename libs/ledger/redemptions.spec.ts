import { eventsOf, given, on, outcomeOf } from '../../test/support/given.ts';
import { claim, coded, ids, issued, sold } from '../../test/support/market.ts';
import {
  buyer,
  command,
  content,
  enrolled,
  line,
  ordered,
  other,
  reserve,
  setUp,
} from '../../test/support/redemptions.ts';
import { issuedCode } from './issued-code.ts';
import type { OrderContent } from './order-content.ts';
import { OrderRejectionReason } from './order.events.ts';
import type { PromoCodeEvent } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import { holderOf, judgeLines } from './redemptions.ts';
import { seller } from './seller.ts';

const { codeId, sellerId } = ids;

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
    const fee = coded.planned(1, { kind: 'fixed_fee', feeMinor: '250' });
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

  it('judges the window with both its ends, all else from its first moment on', () => {
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
