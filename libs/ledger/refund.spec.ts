import { eventsOf } from '../../test/support/given.ts';
import {
  continued,
  fixedFee,
  hashOf,
  ids,
  linesOf,
  orderAfter,
  refusalOf,
} from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import { order } from './order.ts';

const lines = linesOf({ a: 10_000, b: 5_000, '-c': 2_500 });

describe('refunding an order', () => {
  it('parks a refund that came before its order', () => {
    const [parked] = eventsOf(fact.refund('r1', fact.ofAmount(5))(order.initial()));
    expect(parked).toEqual({
      type: 'RefundParked',
      data: {
        ...ids,
        refundId: 'r1',
        contentHash: hashOf('b'),
        currency: 'USD',
        request: { kind: 'amount', amountMinor: '5' },
        occurredAt: '2026-01-10T00:00:00.000Z',
      },
    });
  });

  it('takes from the lines it names and reverses what they earned', () => {
    const { state } = orderAfter({ lines }, fact.confirm());
    expect(eventsOf(fact.refund('r1', fact.ofLines({ c: 100, a: 1_005, b: 0 }))(state))).toEqual([
      {
        type: 'OrderRefunded',
        data: {
          ...ids,
          refundId: 'r1',
          contentHash: hashOf('b'),
          currency: 'USD',
          request: fact.ofLines({ c: 100, a: 1_005, b: 0 }),
          occurredAt: '2026-01-10T00:00:00.000Z',
          spread: [
            { lineId: 'c', amountMinor: '100' },
            { lineId: 'a', amountMinor: '1005' },
          ],
          movement: {
            payeeId: 'ada',
            sellerId: 'connect',
            codeId: 'SPRING',
            text: 'ADA10',
            currency: 'USD',
            account: 'pending',
            plan: { version: 1, rounding: 1, kind: 'rate', rateBps: 1_000 },
            lines: [{ lineId: 'a', beforeMinor: '10000', afterMinor: '8995' }],
            net: { beforeMinor: '15000', afterMinor: '13995' },
            amountMinor: '-100',
            clearsAt: '2026-01-13T00:00:00.000Z',
          },
        },
      },
    ]);
  });

  it('adds up a line that is named twice', () => {
    const request = {
      kind: 'lines' as const,
      lines: [
        { lineId: 'a', amountMinor: '6000' },
        { lineId: 'a', amountMinor: '4001' },
      ],
    };
    const { state } = orderAfter({ lines });
    expect(eventsOf(fact.refund('r1', request)(state))).toMatchObject([
      { type: 'RefundRefused', data: { reason: 'more_than_remains', lineId: 'a' } },
    ]);
  });

  it('moves nothing before the confirmation, which then earns only on what remains', () => {
    const { events } = orderAfter(
      { lines },
      fact.refund('r1', fact.ofLines({ a: 4_000 })),
      fact.confirm(),
    );
    expect(events[1]?.data).not.toHaveProperty('movement');
    expect(events[2]).toMatchObject({ data: { movement: { amountMinor: '1100' } } });
  });

  it('moves nothing when only lines that earn nothing are refunded', () => {
    const { state } = orderAfter({ lines }, fact.confirm());
    const [refunded] = eventsOf(fact.refund('r1', fact.ofLines({ c: 2_500 }))(state));
    expect(refunded?.data).not.toHaveProperty('movement');
  });

  it('keeps a fixed fee until nothing eligible is left', () => {
    const { events } = orderAfter(
      { lines, plan: fixedFee('500') },
      fact.confirm(),
      fact.refund('r1', fact.ofLines({ a: 10_000, b: 4_999 })),
      fact.refund('r2', fact.ofLines({ b: 1 })),
    );
    expect(events.map((event) => 'movement' in event.data && event.data.movement)).toMatchObject([
      false,
      { amountMinor: '500', net: { beforeMinor: '0', afterMinor: '15000' } },
      false,
      { amountMinor: '-500', net: { beforeMinor: '1', afterMinor: '0' } },
    ]);
  });

  it('clears at its own time when that is after the order clears', () => {
    const { state } = orderAfter({ lines }, fact.confirm());
    const late = fact.refund('r1', fact.everything, { at: '2026-03-01T00:00:00.000Z' });
    expect(eventsOf(late(state))).toMatchObject([
      { data: { movement: { clearsAt: '2026-03-01T00:00:00.000Z' } } },
    ]);
  });

  it('changes nothing for an id that is used, and refuses it with other content', () => {
    const { state } = orderAfter({ lines }, fact.refund('r1', fact.ofAmount(5)));
    expect(fact.refund('r1', fact.ofAmount(5))(state)).toEqual({ events: [] });
    expect(fact.refund('r1', fact.ofAmount(6), { hash: hashOf('c') })(state)).toEqual({
      refused: 'refund_must_not_change',
      details: { contentHash: hashOf('b') },
    });
  });

  it('refuses a refund of nothing and keeps no trace of it', () => {
    for (const nothing of [fact.ofAmount(0), fact.ofLines({ a: 0, unknown: 0 })])
      for (const state of [order.initial(), orderAfter({ lines }).state])
        expect(refusalOf(fact.refund('r1', nothing)(state)).refused).toBe(
          'refund_must_be_above_zero',
        );
  });
});

const judged = (request: Parameters<typeof fact.refund>[1], changes = {}) => {
  const { state } = orderAfter({ lines }, fact.refund('r0', fact.ofLines({ a: 1 })));
  return eventsOf(fact.refund('r1', request, changes)(state))[0];
};
const refused = (reason: string, lineId: string | null, remainingMinor: string | null) => ({
  type: 'RefundRefused',
  data: { refundId: 'r1', reason, lineId, remainingMinor },
});

describe('a refund that does not fit is stored as refused, whole', () => {
  // Each row mends the fault of the row before.
  it.each([
    ['another currency', { z: 1, a: 10_000 }, 'EUR', refused('currency_differs', null, null)],
    ['an unknown line', { z: 1, a: 10_000 }, 'USD', refused('unknown_line', 'z', null)],
    ['too much on a line', { a: 10_000 }, 'USD', refused('more_than_remains', 'a', '9999')],
    ['nothing wrong', { a: 9_999 }, 'USD', { type: 'OrderRefunded' }],
  ])('with %s', (_, amounts, currency, expected) => {
    expect(judged(fact.ofLines(amounts), { currency })).toMatchObject(expected);
  });

  it.each([
    ['too much', fact.ofAmount(17_500), refused('more_than_remains', null, '17499')],
    ['all that remains', fact.ofAmount(17_499), { type: 'OrderRefunded' }],
    ['everything', fact.everything, { type: 'OrderRefunded' }],
  ])('of the whole order: %s', (_, request, expected) => {
    expect(judged(request)).toMatchObject(expected);
  });

  it('when everything is asked for and nothing remains', () => {
    const { state } = orderAfter({ lines }, fact.refund('r0', fact.everything));
    expect(eventsOf(fact.refund('r1', fact.everything)(state))).toMatchObject([
      refused('more_than_remains', null, '0'),
    ]);
  });

  it('and the same id again gives the same answer', () => {
    const { state } = orderAfter({ lines }, fact.refund('r1', fact.ofAmount(99_999)));
    expect(fact.refund('r1', fact.ofAmount(99_999))(state)).toEqual({ events: [] });
    expect(state.refunds.get('r1')).toMatchObject({ status: 'refused' });
  });
});

describe('cancelling a refund', () => {
  it('restores exactly what the refund took, and the commission on it', () => {
    const before = orderAfter({ lines }, fact.confirm());
    const { events } = continued(before.state, [
      fact.refund('r1', fact.ofAmount(7_777)),
      fact.refund('r2', fact.ofAmount(3_333)),
      fact.cancel('r1'),
    ]);
    const [refunded, , cancelled] = events;
    if (refunded?.type !== 'OrderRefunded') throw new Error('expected a refund');
    expect(cancelled).toMatchObject({
      type: 'RefundCancelled',
      data: { refundId: 'r1', restored: refunded.data.spread },
    });
  });

  it('clears with its refund or at its own time, the later', () => {
    const at = '2026-03-01T00:00:00.000Z';
    const { state } = orderAfter(
      { lines },
      fact.confirm(),
      fact.refund('r1', fact.everything, { at }),
    );
    const clearsAt = (cancelledAt: string) =>
      eventsOf(fact.cancel('r1', cancelledAt)(state)).map(({ data }) => data.movement?.clearsAt);
    expect(clearsAt('2026-02-01T00:00:00.000Z')).toEqual([at]);
    expect(clearsAt('2026-03-02T00:00:00.000Z')).toEqual(['2026-03-02T00:00:00.000Z']);
  });

  it('clears with its refund also when a release has put off the order since', () => {
    const { state } = orderAfter(
      { lines },
      fact.confirm(),
      fact.refund('r1', fact.ofLines({ a: 4_000 })),
      fact.hold(),
      fact.release('2026-02-07T00:00:00.000Z'),
    );
    expect(eventsOf(fact.cancel('r1', '2026-01-12T00:00:00.000Z')(state))).toMatchObject([
      { data: { movement: { clearsAt: '2026-01-13T00:00:00.000Z' } } },
    ]);
  });

  it('of a refund before the confirmation never clears before the order', () => {
    const { state } = orderAfter(
      { lines },
      fact.refund('r1', fact.ofLines({ a: 10_000 }), { at: '2026-01-05T11:00:00.000Z' }),
      fact.confirm(),
    );
    expect(eventsOf(fact.cancel('r1', '2026-01-07T00:00:00.000Z')(state))).toMatchObject([
      { data: { movement: { amountMinor: '1000', clearsAt: '2026-01-13T00:00:00.000Z' } } },
    ]);
  });

  it('keeps the id used: the same refund again changes nothing', () => {
    const { state } = orderAfter({ lines }, fact.refund('r1', fact.ofAmount(5)), fact.cancel('r1'));
    expect(fact.refund('r1', fact.ofAmount(5))(state)).toEqual({ events: [] });
    expect(fact.cancel('r1')(state)).toEqual({ events: [] });
    expect(state).toMatchObject({ eligibleNet: 15_000n });
  });

  it('removes a parked refund', () => {
    const { state } = continued(order.initial(), [fact.refund('r1', fact.everything)]);
    expect(eventsOf(fact.cancel('r1')(state))).toEqual([
      {
        type: 'RefundCancelled',
        data: { ...ids, refundId: 'r1', occurredAt: '2026-01-20T00:00:00.000Z', restored: [] },
      },
    ]);
    expect(continued(state, [fact.cancel('r1')]).state.parked).toEqual([]);
  });

  it('is refused for a refund that is unknown or was refused', () => {
    const { state } = orderAfter({ lines }, fact.refund('r1', fact.ofAmount(99_999)));
    expect(refusalOf(fact.cancel('r9')(state)).refused).toBe('refund_must_be_known');
    expect(refusalOf(fact.cancel('r9')(order.initial())).refused).toBe('refund_must_be_known');
    expect(refusalOf(fact.cancel('r1')(state)).refused).toBe('refund_must_not_be_refused');
  });
});
