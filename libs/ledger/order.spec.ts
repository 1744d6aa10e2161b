import { eventsOf } from '../../test/support/given.ts';
import {
  attribution,
  continued,
  fixedFee,
  hashOf,
  ids,
  linesOf,
  orderAfter,
  refusalOf,
  RESERVATION,
  rules,
} from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import { attributeOrder, hasUnsettledFacts, order, settleParked } from './order.ts';

/** A new one each time: folding updates a state in place. */
const unknown = () => order.initial();
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);

describe('attributing an order', () => {
  it('copies the verdict and names its reservation', () => {
    const { verdict, occurredAt } = attribution();
    expect(eventsOf(attributeOrder(attribution(), unknown()))).toEqual([
      { type: 'OrderAttributed', data: { verdict, reservation: RESERVATION, occurredAt } },
    ]);
  });

  it('confirms it with the confirmation that came with it', () => {
    const confirmation = { confirmedAt: '2026-01-05T12:00:00.000Z' };
    const [, confirmed] = orderAfter({ confirmation }).events;
    expect(confirmed).toMatchObject({
      type: 'OrderConfirmed',
      data: {
        occurredAt: '2026-01-05T12:00:00.000Z',
        rulesVersion: 1,
        clearsAt: '2026-01-12T12:00:00.000Z',
        movement: { account: 'pending', amountMinor: '1000' },
      },
    });
  });

  it('holds it first when the verdict says so, and confirms it into held', () => {
    const confirmation = { confirmedAt: '2026-01-05T12:00:00.000Z' };
    const hold = { reason: 'influencer suspended', by: 'rule:suspension' };
    const [, held, confirmed] = orderAfter({ confirmation, hold }).events;
    expect(held).toEqual({
      type: 'CommissionHeld',
      data: { ...ids, ...hold, occurredAt: attribution().occurredAt },
    });
    expect(confirmed).toMatchObject({ data: { movement: { account: 'held' } } });
  });

  it('leaves a confirmation that came too late with it without effect', () => {
    const confirmation = { confirmedAt: '2026-07-05T00:00:00.000Z' };
    expect(typesOf(orderAfter({ confirmation }).events)).toEqual(['OrderAttributed']);
  });

  it('posts nothing for an order that earns nothing, and still says when it clears', () => {
    const confirmation = { confirmedAt: '2026-01-05T12:00:00.000Z' };
    for (const changes of [
      { lines: linesOf({ a: 4 }) },
      { lines: linesOf({ a: 0 }), plan: fixedFee('500') },
      { lines: linesOf({ a: 0, '-b': 900 }), plan: fixedFee('500') },
    ]) {
      const [, confirmed] = orderAfter({ confirmation, ...changes }).events;
      expect(confirmed).toEqual({
        type: 'OrderConfirmed',
        data: {
          ...ids,
          occurredAt: confirmation.confirmedAt,
          rulesVersion: 1,
          clearsAt: '2026-01-12T12:00:00.000Z',
        },
      });
    }
  });

  it('changes nothing when the same reservation is attributed again', () => {
    const { state } = orderAfter({});
    expect(attributeOrder(attribution(), state)).toEqual({ events: [] });
    const invalidated = continued(state, [fact.invalidate()]).state;
    expect(attributeOrder(attribution(), invalidated)).toEqual({ events: [] });
  });

  it('refuses another reservation: the first outcome stays', () => {
    const other = { ...attribution(), reservation: 'promoCode-SPRING@9' };
    const refusal = {
      refused: 'order_must_not_change',
      details: { status: 'attributed', contentHash: hashOf('a') },
    };
    expect(attributeOrder(other, orderAfter({}).state)).toEqual(refusal);
  });

  it('refuses a rejected order', () => {
    const { state } = continued(unknown(), [fact.reject()]);
    expect(refusalOf(attributeOrder(attribution(), state))).toMatchObject({
      refused: 'order_must_not_change',
      details: { status: 'rejected' },
    });
  });
});

describe('rejecting an order', () => {
  it('stores the reason', () => {
    expect(eventsOf(fact.reject()(unknown()))).toMatchObject([
      { type: 'OrderRejected', data: { reason: 'code_paused', contentHash: hashOf('a') } },
    ]);
  });

  it('changes nothing the second time and refuses other content and an attributed order', () => {
    const { state } = continued(unknown(), [fact.reject()]);
    expect(fact.reject({ reason: 'code_closed' })(state)).toEqual({ events: [] });
    expect(refusalOf(fact.reject({ contentHash: hashOf('c') })(state)).refused).toBe(
      'order_must_not_change',
    );
    expect(refusalOf(fact.reject()(orderAfter({}).state)).refused).toBe('order_must_not_change');
  });

  it('leaves parked facts without effect, and answers their repeats as at first', () => {
    const early = [fact.refund('r1', fact.everything), fact.confirm()];
    const { state } = continued(unknown(), [...early, fact.reject()]);
    expect(hasUnsettledFacts(state)).toBe(false);
    expect(settleParked({ rules }, state)).toEqual({ events: [] });
    for (const repeat of early) expect(repeat(state)).toEqual({ events: [] });
    expect(state.refunds.get('r1')).toMatchObject({ status: 'parked' });
  });
});

describe('invalidating an order', () => {
  it('takes everything that remains and reverses what is earned', () => {
    const { state } = orderAfter(
      { lines: linesOf({ a: 10_000, '-b': 500 }) },
      fact.confirm(),
      fact.refund('r1', fact.ofLines({ a: 4_000 })),
    );
    const [invalidated] = eventsOf(fact.invalidate()(state));
    expect(invalidated).toMatchObject({
      type: 'OrderInvalidated',
      data: {
        reason: 'fraud',
        movement: {
          lines: [{ lineId: 'a', beforeMinor: '6000', afterMinor: '0' }],
          net: { beforeMinor: '6000', afterMinor: '0' },
          amountMinor: '-600',
          clearsAt: '2026-01-21T00:00:00.000Z',
        },
      },
    });
    const after = continued(state, [fact.invalidate()]).state;
    expect(after).toMatchObject({ status: 'invalidated', eligibleNet: 0n });
  });

  it('waits for the order to clear when that is later', () => {
    const { state } = orderAfter({}, fact.confirm());
    expect(eventsOf(fact.invalidate('2026-01-07T00:00:00.000Z')(state))).toMatchObject([
      { data: { movement: { clearsAt: '2026-01-13T00:00:00.000Z' } } },
    ]);
  });

  it('moves nothing before a confirmation', () => {
    const [invalidated] = eventsOf(fact.invalidate()(orderAfter({}).state));
    expect(invalidated?.data).not.toHaveProperty('movement');
  });

  it('is final: changes nothing again, and every newer fact is answered', () => {
    const { state } = orderAfter({}, fact.invalidate());
    expect(fact.invalidate('2026-02-21T00:00:00.000Z')(state)).toEqual({ events: [] });
    for (const newer of [
      fact.confirm(),
      fact.refund('r1', fact.everything),
      fact.cancel('r1'),
      fact.hold(),
      fact.release(),
    ])
      expect(refusalOf(newer(state)).refused).toBe('order_must_not_be_invalidated');
  });
});

describe('facts for an order without an outcome, or rejected', () => {
  const rejected = continued(unknown(), [fact.reject()]).state;

  it.each([
    ['an invalidation', fact.invalidate()],
    ['a hold', fact.hold()],
    ['a release', fact.release()],
  ])('%s of an unknown order is refused', (_, newer) => {
    expect(refusalOf(newer(unknown())).refused).toBe('order_must_be_known');
  });

  it.each([
    ['a refund', fact.refund('r1', fact.everything)],
    ['a confirmation', fact.confirm()],
    ['a cancellation', fact.cancel('r1')],
    ['an invalidation', fact.invalidate()],
    ['a hold', fact.hold()],
    ['a release', fact.release()],
  ])('%s of a rejected order is refused and says why it was rejected', (_, newer) => {
    expect(newer(rejected)).toEqual({
      refused: 'order_must_be_attributed',
      details: { rejectedFor: 'code_paused' },
    });
  });
});

describe('the fold', () => {
  it('throws on a stream that no decision can have written', () => {
    const confirmed = orderAfter({}, fact.confirm()).events[1]!;
    expect(() => order.evolve(unknown(), confirmed)).toThrow(/OrderConfirmed cannot follow/);
  });

  it('says about how many bytes an order takes', () => {
    const small = order.sizeOf(orderAfter({}).state);
    const big = order.sizeOf(orderAfter({ lines: linesOf({ a: 1, b: 2, c: 3 }) }).state);
    expect(small).toBeGreaterThan(order.sizeOf(unknown()));
    expect(big).toBeGreaterThan(small);
  });
});
