import { eventsOf } from '../../test/support/given.ts';
import { continued, ids, orderAfter, refusalOf, rules } from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import { confirmationClearsAt, lastConfirmationAt } from './clearing.ts';
import { knownConfirmation } from './confirmation.ts';
import { order } from './order.ts';

describe('confirming an order', () => {
  it('earns the commission on what remains and clears after the hold days', () => {
    const { state } = orderAfter({});
    expect(eventsOf(fact.confirm('2026-01-06T08:30:00.000Z')(state))).toEqual([
      {
        type: 'OrderConfirmed',
        data: {
          ...ids,
          occurredAt: '2026-01-06T08:30:00.000Z',
          rulesVersion: 1,
          clearsAt: '2026-01-13T08:30:00.000Z',
          movement: {
            payeeId: 'ada',
            sellerId: 'connect',
            codeId: 'SPRING',
            text: 'ADA10',
            currency: 'USD',
            account: 'pending',
            plan: { version: 1, rounding: 1, kind: 'rate', rateBps: 1_000 },
            lines: [{ lineId: 'a', beforeMinor: '0', afterMinor: '10000' }],
            net: { beforeMinor: '0', afterMinor: '10000' },
            amountMinor: '1000',
            clearsAt: '2026-01-13T08:30:00.000Z',
          },
        },
      },
    ]);
  });

  it('counts from the payment when it is earlier, and keeps the time that was given', () => {
    const { state } = orderAfter({});
    expect(eventsOf(fact.confirm('2025-12-31T00:00:00.000Z')(state))).toMatchObject([
      { data: { occurredAt: '2025-12-31T00:00:00.000Z', clearsAt: '2026-01-12T10:00:00.000Z' } },
    ]);
  });

  it('is taken until the end of the last day of the limit and refused a millisecond later', () => {
    const { state } = orderAfter({});
    expect(eventsOf(fact.confirm('2026-07-04T23:59:59.999Z')(state))).toHaveLength(1);
    expect(fact.confirm('2026-07-05T00:00:00.000Z')(state)).toEqual({
      refused: 'confirmation_must_be_within_limit',
      details: {
        paidAt: '2026-01-05T10:00:00.000Z',
        confirmedAt: '2026-07-05T00:00:00.000Z',
        lastMoment: '2026-07-04T23:59:59.999Z',
      },
    });
  });

  it('changes nothing the second time and refuses another time', () => {
    const { state } = orderAfter({}, fact.confirm());
    expect(fact.confirm()(state)).toEqual({ events: [] });
    expect(fact.confirm('2026-01-07T00:00:00.000Z')(state)).toEqual({
      refused: 'confirmation_must_not_change',
      details: { confirmedAt: '2026-01-06T00:00:00.000Z' },
    });
    expect(fact.confirm()(continued(state, [fact.invalidate()]).state)).toEqual({ events: [] });
  });

  it('is parked before its order, once', () => {
    const { state, events } = continued(order.initial(), [fact.confirm()]);
    expect(events).toEqual([
      { type: 'ConfirmationParked', data: { ...ids, occurredAt: '2026-01-06T00:00:00.000Z' } },
    ]);
    expect(fact.confirm()(state)).toEqual({ events: [] });
    expect(refusalOf(fact.confirm('2026-01-07T00:00:00.000Z')(state)).refused).toBe(
      'confirmation_must_not_change',
    );
  });

  it('without a time of its own repeats the one that is known', () => {
    expect(knownConfirmation(order.initial())).toBeNull();
    const parked = continued(order.initial(), [fact.confirm()]).state;
    expect(knownConfirmation(parked)).toBe('2026-01-06T00:00:00.000Z');
    const confirmed = orderAfter({}, fact.confirm('2026-01-08T00:00:00.000Z')).state;
    expect(knownConfirmation(confirmed)).toBe('2026-01-08T00:00:00.000Z');
  });

  it('clears at once without hold days', () => {
    const { state } = orderAfter({});
    const now = '2026-01-06T00:00:00.000Z';
    expect(eventsOf(fact.confirm(now, { ...rules, holdDays: 0 })(state))).toMatchObject([
      { data: { clearsAt: now } },
    ]);
  });
});

describe('the days of a confirmation', () => {
  it.each([
    ['2026-01-31T00:00:00.000Z', 1, '2026-02-01T23:59:59.999Z'],
    ['2026-01-31T23:59:59.999Z', 1, '2026-02-01T23:59:59.999Z'],
    ['2028-02-28T12:00:00.000Z', 1, '2028-02-29T23:59:59.999Z'],
    ['2026-12-31T12:00:00.000Z', 180, '2027-06-29T23:59:59.999Z'],
  ])('after a payment at %s and %d days the last moment is %s', (paidAt, days, last) => {
    expect(lastConfirmationAt(paidAt, days)).toBe(last);
  });

  it('are days of 86,400 s, whatever the calendar says', () => {
    const paidAt = '2026-03-28T12:00:00.000Z';
    expect(confirmationClearsAt(paidAt, paidAt, 3)).toBe('2026-03-31T12:00:00.000Z');
  });
});
