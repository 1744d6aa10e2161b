import { eventsOf } from '../../test/support/given.ts';
import { continued, orderAfter, refusalOf } from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';

const movementsOf = (events: readonly { readonly type: string; readonly data: object }[]) =>
  events.map(({ type, data }) => {
    const { movement } = data as { movement?: { amountMinor: string; account: string } };
    return [type, movement?.amountMinor, movement?.account];
  });

describe('holding a commission', () => {
  it('moves what the order has in pending, with the base that earned it', () => {
    const { state } = orderAfter({}, fact.confirm(), fact.refund('r1', fact.ofAmount(4_000)));
    expect(eventsOf(fact.hold('2026-01-11T00:00:00.000Z')(state))).toMatchObject([
      {
        type: 'CommissionHeld',
        data: {
          reason: 'under review',
          by: 'finance:ada',
          movement: {
            account: 'held',
            lines: [{ lineId: 'a', beforeMinor: '0', afterMinor: '6000' }],
            net: { beforeMinor: '0', afterMinor: '6000' },
            amountMinor: '600',
            clearsAt: '2026-01-13T00:00:00.000Z',
          },
        },
      },
    ]);
  });

  it('only marks an order that is not confirmed, or has nothing left', () => {
    for (const { state } of [
      orderAfter({}),
      orderAfter({}, fact.confirm(), fact.refund('r', fact.everything)),
    ])
      expect(eventsOf(fact.hold()(state))[0]?.data).not.toHaveProperty('movement');
  });

  it('makes everything post to held until the release, which moves what is left', () => {
    const { events } = orderAfter(
      {},
      fact.hold('2026-01-05T11:00:00.000Z'),
      fact.confirm(),
      fact.refund('r1', fact.ofAmount(4_000)),
      fact.refund('r2', fact.ofAmount(1_000)),
      fact.cancel('r1'),
      fact.release(),
      fact.refund('r3', fact.ofAmount(500)),
    );
    expect(movementsOf(events)).toEqual([
      ['OrderAttributed', undefined, undefined],
      ['CommissionHeld', undefined, undefined],
      ['OrderConfirmed', '1000', 'held'],
      ['OrderRefunded', '-400', 'held'],
      ['OrderRefunded', '-100', 'held'],
      ['RefundCancelled', '400', 'held'],
      ['CommissionReleased', '900', 'pending'],
      ['OrderRefunded', '-50', 'pending'],
    ]);
  });

  it('takes an invalidation out of held', () => {
    const { events } = orderAfter({}, fact.confirm(), fact.hold(), fact.invalidate());
    expect(movementsOf(events).slice(2)).toEqual([
      ['CommissionHeld', '1000', 'held'],
      ['OrderInvalidated', '-1000', 'held'],
    ]);
  });

  it('changes nothing when it is held, and not before the last hold or release', () => {
    const { state } = orderAfter({}, fact.hold());
    expect(fact.hold('2026-01-09T00:00:00.000Z')(state)).toEqual({ events: [] });
    const released = continued(state, [fact.release()]).state;
    expect(refusalOf(fact.hold('2026-02-06T00:00:00.000Z')(released))).toEqual({
      refused: 'occurred_at_must_not_precede_last_fact',
      details: { occurredAt: '2026-02-06T00:00:00.000Z', lastFact: '2026-02-07T00:00:00.000Z' },
    });
    expect(eventsOf(fact.hold('2026-02-07T00:00:00.000Z')(released))).toHaveLength(1);
  });
});

const releasedAt = (at: string, ...held: readonly Parameters<typeof continued>[1][number][]) => {
  const [event] = eventsOf(fact.release(at)(orderAfter({}, ...held).state));
  return event?.data.movement?.clearsAt;
};

describe('releasing a commission', () => {
  it('clears at its own time when that is the latest', () => {
    const at = '2026-03-01T00:00:00.000Z';
    expect(releasedAt(at, fact.confirm(), fact.hold())).toBe(at);
  });

  it('clears no sooner than its hold', () => {
    const held = [fact.confirm(), fact.hold('2026-01-07T00:00:00.000Z')];
    expect(releasedAt('2026-01-08T00:00:00.000Z', ...held)).toBe('2026-01-13T00:00:00.000Z');
  });

  it('clears no sooner than what was posted to held meanwhile', () => {
    const early = '2026-01-06T00:00:00.000Z';
    const held = [fact.hold('2026-01-05T12:00:00.000Z'), fact.confirm(early)];
    expect(releasedAt(early, ...held)).toBe('2026-01-13T00:00:00.000Z');
    const refund = fact.refund('r', fact.ofAmount(1_000), { at: '2026-01-20T00:00:00.000Z' });
    expect(releasedAt(early, ...held, refund)).toBe('2026-01-20T00:00:00.000Z');
  });

  it('puts off the order: a later reversal is never stated before it', () => {
    const { events } = orderAfter(
      {},
      fact.hold('2026-01-05T12:00:00.000Z'),
      fact.confirm(),
      fact.release('2026-02-20T00:00:00.000Z'),
      fact.refund('r', fact.everything, { at: '2026-02-01T00:00:00.000Z' }),
    );
    expect(events.at(-1)).toMatchObject({
      data: { movement: { amountMinor: '-1000', clearsAt: '2026-02-20T00:00:00.000Z' } },
    });
  });

  it('only takes the mark away when nothing is left', () => {
    const { state } = orderAfter(
      {},
      fact.confirm(),
      fact.hold(),
      fact.refund('r', fact.everything),
    );
    expect(eventsOf(fact.release()(state))[0]?.data).not.toHaveProperty('movement');
  });

  it('changes nothing the second time and is refused when nothing was ever held', () => {
    const { state } = orderAfter({}, fact.hold(), fact.release());
    expect(fact.release()(state)).toEqual({ events: [] });
    expect(refusalOf(fact.release()(orderAfter({}).state)).refused).toBe('commission_must_be_held');
  });

  it('is refused before its hold', () => {
    const { state } = orderAfter({}, fact.hold('2026-01-07T00:00:00.000Z'));
    expect(refusalOf(fact.release('2026-01-06T23:59:59.999Z')(state)).refused).toBe(
      'occurred_at_must_not_precede_last_fact',
    );
  });
});
