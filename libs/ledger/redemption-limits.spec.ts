import { eventsOf, given, on, outcomeOf } from '../../test/support/given.ts';
import { coded, ids } from '../../test/support/market.ts';
import { buyer, ordered, other, reserve, reserved, setUp } from '../../test/support/redemptions.ts';
import type { PromoCodeEvent } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import type { PromoCodeState } from './promo-code.ts';
import { usesBy, usesInAll } from './redemption-index.ts';
import { releaseRedemption, reservationOf } from './redemptions.ts';
import { seller } from './seller.ts';

const { codeId, sellerId } = ids;

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
