import fc from 'fast-check';
import {
  emptyRedemptions,
  isReleased,
  noteRelease,
  noteReservation,
  revisionOf,
  sizeOfRedemptions,
  usesBy,
  usesInAll,
} from './redemption-index.ts';

const buyers = ['a', 'b', 'c', undefined].map((letter) => letter?.repeat(22));

/** Orders by few buyers, some of them released. */
const orders = fc.uniqueArray(
  fc.record({
    orderId: fc.stringMatching(/^[A-Za-z0-9_.]{1,8}$/),
    buyer: fc.constantFrom(...buyers),
    isReleased: fc.boolean(),
  }),
  { selector: ({ orderId }) => orderId, maxLength: 200 },
);

describe('the redemptions of a code', () => {
  it('count what was reserved and not released, in all and for each buyer', () => {
    fc.assert(
      fc.property(orders, (list) => {
        const redemptions = emptyRedemptions();
        for (const [i, { orderId, buyer }] of list.entries()) {
          noteReservation(redemptions, orderId, buyer, i + 3);
        }
        for (const order of list) if (order.isReleased) noteRelease(redemptions, order.orderId);
        const counted = list.filter((order) => !order.isReleased);
        expect(usesInAll(redemptions)).toBe(counted.length);
        for (const name of buyers) {
          const own = counted.filter(({ buyer }) => buyer === name);
          if (name !== undefined) expect(usesBy(redemptions, name)).toBe(own.length);
        }
        const known = list.map(({ orderId }) => [
          revisionOf(redemptions, orderId),
          isReleased(redemptions, orderId),
        ]);
        expect(known).toEqual(list.map((order, i) => [i + 3, order.isReleased]));
      }),
    );
  });

  it('give a use back once', () => {
    const redemptions = emptyRedemptions();
    noteReservation(redemptions, 'a', buyers[0], 1);
    noteReservation(redemptions, 'b', buyers[0], 2);
    noteRelease(redemptions, 'a');
    noteRelease(redemptions, 'a');
    expect([usesInAll(redemptions), usesBy(redemptions, buyers[0]!)]).toEqual([1, 1]);
  });

  it('stop at what cannot be in a stream', () => {
    const redemptions = emptyRedemptions();
    noteReservation(redemptions, 'a', undefined, 1);
    expect(() => noteReservation(redemptions, 'a', undefined, 2)).toThrow('reserved twice');
    expect(() => noteRelease(redemptions, 'b')).toThrow('never reserved');
  });

  it('take less than 100 bytes for an order and a buyer of its own', () => {
    const redemptions = emptyRedemptions();
    const count = 50_000;
    for (let i = 0; i < count; i++) {
      const [orderId, buyer] = [`order.2026.${i}`, String(i).padStart(22, 'b')];
      noteReservation(redemptions, orderId, buyer, i);
    }
    expect(sizeOfRedemptions(redemptions) / count).toBeLessThan(100);
  });
});
