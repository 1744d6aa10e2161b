import fc from 'fast-check';
import { given, on } from '../../test/support/given.ts';
import { coded, ids } from '../../test/support/market.ts';
import type { PromoCodeEvent, Verdict } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import type { PromoCodeState } from './promo-code.ts';
import { isReleased, revisionOf, usesBy, usesInAll } from './redemption-index.ts';

const { codeId, sellerId } = ids;
const codec = promoCode.snapshot!;
const buyerOf = (i: number) => String(i % 7).padStart(22, 'b');

const reservation = (i: number): PromoCodeEvent => ({
  type: 'RedemptionReserved',
  data: {
    verdict: { sellerId, orderId: `o${i}`, buyer: buyerOf(i) } as Verdict,
    occurredAt: on(5),
  },
});
const release = (i: number): PromoCodeEvent => ({
  type: 'RedemptionReleased',
  data: {
    ...{ codeId, orderId: `o${i}`, reservation: `promoCode-${codeId}@${i + 1}` },
    ...{ settledBy: `order-${sellerId}/o${i}@0`, occurredAt: on(6) },
  },
});

/** Everything that a decision can see of a state. */
function seen(state: PromoCodeState, orders: number) {
  if (state.status === 'absent') return state;
  const { redemptions, ...code } = state;
  return {
    code,
    uses: usesInAll(redemptions),
    byBuyer: Array.from({ length: 7 }, (_, i) => usesBy(redemptions, buyerOf(i))),
    orders: Array.from({ length: orders + 1 }, (_, i) => [
      revisionOf(redemptions, `o${i}`),
      isReleased(redemptions, `o${i}`),
    ]),
  };
}

function restored(head: Uint8Array, parts: readonly Uint8Array[]): PromoCodeState {
  const restoring = codec.restore(head);
  for (const part of parts) restoring.add(part);
  return restoring.finish();
}

describe('a snapshot of a code', () => {
  it('is restored to what the events fold to, however often it was saved on the way', () => {
    const saves = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(saves, fc.array(fc.nat({ max: 200 })), (batches, toRelease) => {
        let state = given(promoCode, coded.created({ perBuyerLimit: 100 }), coded.planned());
        const parts: Uint8Array[] = [];
        let [saved, orders] = [0, 0];
        let head = new Uint8Array();
        for (const [i, size] of batches.entries()) {
          for (let n = 0; n < size; n++) state = promoCode.evolve(state, reservation(orders++));
          const gone = toRelease[i] ?? 0;
          if (gone < orders) state = promoCode.evolve(state, release(gone));
          const save = codec.save(state, saved);
          parts.push(...save.parts);
          head = new Uint8Array(save.head);
          saved = save.entries;
        }
        const back = restored(head, parts);
        expect(seen(back, orders)).toEqual(seen(state, orders));
        const next = [reservation(orders), reservation(orders + 1), coded.closed()];
        expect(seen(next.reduce(promoCode.evolve, back), orders + 2)).toEqual(
          seen(next.reduce(promoCode.evolve, state), orders + 2),
        );
      }),
    );
  });

  it('saves only what is new since the last one', () => {
    let state = given(promoCode, coded.created({ perBuyerLimit: 100 }));
    for (let i = 0; i < 1_000; i++) state = promoCode.evolve(state, reservation(i));
    const first = codec.save(state, 0);
    state = promoCode.evolve(state, reservation(1_000));
    const second = codec.save(state, first.entries);
    const bytes = (parts: readonly Uint8Array[]) =>
      parts.reduce((sum, part) => sum + part.length, 0);
    expect(bytes(second.parts)).toBeLessThan(100);
    expect(bytes(first.parts)).toBeGreaterThan(10_000);
    expect(codec.save(state, second.entries).parts).toEqual([]);
  });

  it('is of no use with parts that are missing or of another save', () => {
    const state = [0, 1, 2]
      .map(reservation)
      .reduce(promoCode.evolve, given(promoCode, coded.created()));
    const { head, parts } = codec.save(state, 0);
    expect(seen(restored(head, parts), 3)).toEqual(seen(state, 3));
    const later = codec.save(promoCode.evolve(state, reservation(3)), 0);
    expect(() => restored(head, [])).toThrow('parts that are not its own');
    expect(() => restored(head, later.parts)).toThrow('parts that are not its own');
  });

  it('knows a code that is not there', () => {
    const { head, parts } = codec.save({ status: 'absent' }, 0);
    expect(restored(head, parts)).toEqual({ status: 'absent' });
  });
});
