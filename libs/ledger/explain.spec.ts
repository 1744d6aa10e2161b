import {
  attribution,
  continued,
  fixedFee,
  linesOf,
  orderAfter,
  stored,
  verdictOf,
} from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import { explainMovement } from './explain-movement.ts';
import { explainOrder } from './explain.ts';
import type { LedgerEvent } from './events.ts';
import { attributeOrder, order } from './order.ts';

const plan: LedgerEvent = {
  type: 'RewardPlanChanged',
  data: {
    codeId: 'SPRING',
    version: 1,
    terms: { kind: 'rate', rateBps: 1_000 },
    effectiveFrom: '2026-01-02T00:00:00.000Z',
    occurredAt: '2026-01-01T00:00:00.000Z',
  },
};
const lines = linesOf({ a: 10_005, '-b': 700 });

describe('explaining an order', () => {
  const { events } = orderAfter(
    { lines },
    fact.confirm(),
    fact.refund('r1', fact.ofLines({ a: 1_001 })),
    fact.hold('2026-01-12T00:00:00.000Z'),
    fact.cancel('r1'),
    fact.release('2026-01-15T00:00:00.000Z'),
  );
  const explanation = explainOrder([...stored([plan], 'promoCode-SPRING'), ...stored(events)]);
  const step = (type: string) => explanation.steps.find((candidate) => candidate.type === type);

  it('says what was judged, by which plan and since when it is in force', () => {
    const { lines: judged, ...verdict } = verdictOf({ lines });
    expect(judged).toHaveLength(2);
    expect(explanation).toMatchObject({
      status: 'attributed',
      rejection: null,
      attribution: {
        verdict,
        reservation: 'promoCode-SPRING@7',
        planInForceSince: '2026-01-02T00:00:00.000Z',
        lines: [
          {
            lineId: 'a',
            productId: 'product-a',
            eligible: true,
            paidMinor: '10005',
            remainingMinor: '10005',
            earns: { netMinor: '10005', exactMinor: '1000.5000', roundedMinor: '1001' },
          },
          { lineId: 'b', eligible: false, earns: null },
        ],
        eligibleNetMinor: '10005',
        earnsMinor: '1001',
        isConfirmed: true,
        isHeld: false,
      },
    });
    expect(explanation.attribution?.verdict).not.toHaveProperty('lines');
  });

  it('works each amount out, line by line, from the exact product', () => {
    expect(step('OrderRefunded')).toMatchObject({
      event: 'order-connect/o1@2',
      actor: 'feed:connect',
      details: { refundId: 'r1', spread: [{ lineId: 'a', amountMinor: '1001' }] },
      movement: {
        amountMinor: '-101',
        recomputedMinor: '-101',
        fee: null,
        lines: [
          {
            lineId: 'a',
            before: { netMinor: '10005', exactMinor: '1000.5000', roundedMinor: '1001' },
            after: { netMinor: '9004', exactMinor: '900.4000', roundedMinor: '900' },
            changeMinor: '-101',
          },
        ],
      },
      postings: [
        { account: 'seller:connect:commission', currency: 'USD', amountMinor: '101' },
        { account: 'payee:ada:pending', currency: 'USD', amountMinor: '-101' },
      ],
    });
    expect(step('OrderRefunded')?.details).not.toHaveProperty('movement');
  });

  it('derives from when on each may be stated', () => {
    expect(explanation.steps.map(({ clearing }) => clearing)).toEqual([
      null,
      {
        clearsAt: '2026-01-13T00:00:00.000Z',
        reasons: [{ what: 'hold_days_after_confirmation', at: '2026-01-13T00:00:00.000Z' }],
        countedFrom: '2026-01-06T00:00:00.000Z',
        holdDays: 7,
      },
      {
        clearsAt: '2026-01-13T00:00:00.000Z',
        reasons: [
          { what: 'own_time', at: '2026-01-10T00:00:00.000Z' },
          { what: 'order_clears_at', at: '2026-01-13T00:00:00.000Z' },
        ],
      },
      {
        clearsAt: '2026-01-13T00:00:00.000Z',
        reasons: [
          { what: 'own_time', at: '2026-01-12T00:00:00.000Z' },
          { what: 'order_clears_at', at: '2026-01-13T00:00:00.000Z' },
        ],
      },
      {
        clearsAt: '2026-01-20T00:00:00.000Z',
        reasons: [
          { what: 'own_time', at: '2026-01-20T00:00:00.000Z' },
          { what: 'refund_clears_at', at: '2026-01-13T00:00:00.000Z' },
        ],
      },
      {
        clearsAt: '2026-01-20T00:00:00.000Z',
        reasons: [
          { what: 'own_time', at: '2026-01-15T00:00:00.000Z' },
          { what: 'hold_and_postings_to_held', at: '2026-01-20T00:00:00.000Z' },
        ],
      },
    ]);
    const clearings = explanation.steps.flatMap(({ clearing }) => clearing ?? []);
    for (const { clearsAt, reasons } of clearings)
      expect([clearsAt]).toEqual(
        reasons
          .map(({ at }) => at)
          .toSorted()
          .slice(-1),
      );
  });

  it('says where the money stands', () => {
    expect(explanation.balances).toEqual([
      { account: 'seller:connect:commission', currency: 'USD', amountMinor: '-1001' },
      { account: 'payee:ada:pending', currency: 'USD', amountMinor: '1001' },
      { account: 'payee:ada:held', currency: 'USD', amountMinor: '0' },
    ]);
  });

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  it('says that it does not know since when the plan is in force without its event', () => {
    expect(explainOrder(stored(events)).attribution?.planInForceSince).toBeNull();
  });
});

const effects = (...decisions: Parameters<typeof continued>[1]) =>
  explainOrder(stored(continued(order.initial(), decisions).events)).parked.map(
    ({ refundId, effect }) => [refundId, effect],
  );
const attribute: Parameters<typeof continued>[1][number] = (state) =>
  attributeOrder(attribution(), state);

describe('explaining facts that came before their order', () => {
  const early = [
    fact.refund('r1', fact.ofAmount(5)),
    fact.refund('r2', fact.ofAmount(99_999)),
    fact.refund('r3', fact.ofAmount(7)),
    fact.cancel('r3'),
    fact.confirm(),
  ];
  it('says what became of each', () => {
    expect(effects(...early)).toEqual([
      ['r1', 'waits'],
      ['r2', 'waits'],
      ['r3', 'cancelled'],
      [null, 'waits'],
    ]);
    expect(effects(...early, attribute)).toEqual([
      ['r1', 'took_effect'],
      ['r2', 'refused'],
      ['r3', 'cancelled'],
      [null, 'took_effect'],
    ]);
    expect(effects(...early, fact.reject())).toEqual([
      ['r1', 'without_effect'],
      ['r2', 'without_effect'],
      ['r3', 'cancelled'],
      [null, 'without_effect'],
    ]);
    expect(effects(fact.confirm('2027-01-01T00:00:00.000Z'), attribute)).toEqual([
      [null, 'without_effect'],
    ]);
  });

  it('says why an order was rejected', () => {
    const { events } = continued(order.initial(), [fact.reject()]);
    expect(explainOrder(stored(events))).toMatchObject({
      status: 'rejected',
      rejection: { reason: 'code_paused', codeId: 'SPRING' },
      attribution: null,
      balances: [],
    });
  });
});

describe('explaining a movement of a fixed fee', () => {
  it('looks at the eligible net of the whole order', () => {
    const { events } = orderAfter(
      { lines, plan: fixedFee('500') },
      fact.confirm(),
      fact.refund('r1', fact.everything),
    );
    const refunded = events[2];
    if (refunded?.type !== 'OrderRefunded' || !refunded.data.movement) throw new Error('no refund');
    expect(explainMovement(refunded.data.movement)).toMatchObject({
      lines: [],
      fee: {
        netBeforeMinor: '10005',
        earnedBeforeMinor: '500',
        netAfterMinor: '0',
        earnedAfterMinor: '0',
      },
      amountMinor: '-500',
      recomputedMinor: '-500',
    });
  });
});
