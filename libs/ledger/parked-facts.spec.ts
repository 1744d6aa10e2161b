import { eventsOf, outcomeOf } from '../../test/support/given.ts';
import {
  attribution,
  continued,
  fold,
  linesOf,
  refusalOf,
  rules,
} from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import { canonicalJson } from './canonical-json.ts';
import { attributeOrder, hasUnsettledFacts, order, settleParked } from './order.ts';
import type { OrderState } from './order.ts';

/** A new one each time: folding updates a state in place. */
const unknown = () => order.initial();
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);

function amountOf(event: { readonly data: object }): string | undefined {
  return (event.data as { movement?: { amountMinor: string } }).movement?.amountMinor;
}

describe('facts that came before their order', () => {
  it('take effect in order of arrival, after the confirmation that came with the order', () => {
    const early = continued(unknown(), [
      fact.refund('r1', fact.ofAmount(4_000)),
      fact.confirm('2026-01-06T00:00:00.000Z'),
      fact.refund('r2', fact.ofLines({ zzz: 1 })),
      fact.refund('r3', fact.everything),
    ]);
    expect(typesOf(early.events)).toEqual([
      'RefundParked',
      'ConfirmationParked',
      'RefundParked',
      'RefundParked',
    ]);
    const plain = eventsOf(attributeOrder(attribution(), early.state));
    expect(plain.map((event) => [event.type, amountOf(event)])).toEqual([
      ['OrderAttributed', undefined],
      ['OrderRefunded', undefined],
      ['OrderConfirmed', '600'],
      ['RefundRefused', undefined],
      ['OrderRefunded', '-600'],
    ]);
    const confirmation = { confirmedAt: '2026-01-05T12:00:00.000Z' };
    const confirmed = eventsOf(attributeOrder(attribution({ confirmation }), early.state));
    expect(confirmed.map((event) => [event.type, amountOf(event)])).toEqual([
      ['OrderAttributed', undefined],
      ['OrderConfirmed', '1000'],
      ['OrderRefunded', '-400'],
      ['RefundRefused', undefined],
      ['OrderRefunded', '-600'],
    ]);
    expect(fold(confirmed, early.state)).toMatchObject({ parked: [], eligibleNet: 0n });
  });

  it('are a thousand refunds at most, repeats and cancelled ones aside', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => fact.refund(`r${i}`, fact.ofAmount(1)));
    const { state } = continued(unknown(), [...many, fact.cancel('r7')]);
    expect(refusalOf(fact.refund('one more', fact.ofAmount(1))(state))).toEqual({
      refused: 'order_must_be_known',
      details: { awaitingRefunds: 1_000 },
    });
    expect(outcomeOf(fact.refund('r7', fact.ofAmount(1))(state))).toBe('unchanged');
    let settled = fold(eventsOf(attributeOrder(attribution(), state)), state);
    while (hasUnsettledFacts(settled))
      settled = fold(settleParked({ rules }, settled).events, settled);
    expect(typesOf(eventsOf(fact.refund('one more', fact.ofAmount(1))(settled)))).toEqual([
      'OrderRefunded',
    ]);
  });

  it('keep their own times and ids', () => {
    const at = '2026-01-03T00:00:00.000Z';
    const { state } = continued(unknown(), [fact.refund('r1', fact.everything, { at })]);
    expect(eventsOf(attributeOrder(attribution(), state))[1]).toMatchObject({
      data: { refundId: 'r1', occurredAt: at, spread: [{ lineId: 'a', amountMinor: '10000' }] },
    });
  });

  it('stay without effect when the confirmation is too late, for good', () => {
    const { state } = continued(unknown(), [
      fact.confirm('2026-07-05T00:00:00.000Z'),
      (waiting) => attributeOrder(attribution(), waiting),
    ]);
    expect(state).toMatchObject({ parked: [], confirmedAt: null });
    const longer = { ...rules, confirmationLimitDays: 3_650 };
    expect(settleParked({ rules: longer }, state)).toEqual({ events: [] });
    expect(fact.confirm('2026-07-05T00:00:00.000Z')(state)).toEqual({ events: [] });
    expect(eventsOf(fact.confirm('2026-07-04T23:59:59.999Z')(state))).toHaveLength(1);
  });

  it('are gone when they were cancelled before the order came', () => {
    const { events } = continued(unknown(), [
      fact.refund('r1', fact.everything),
      fact.cancel('r1'),
      fact.refund('r1', fact.everything),
      (waiting) => attributeOrder(attribution(), waiting),
    ]);
    expect(typesOf(events)).toEqual(['RefundParked', 'RefundCancelled', 'OrderAttributed']);
  });

  it('do not change the state that is judged', () => {
    const { state } = continued(unknown(), [fact.refund('r1', fact.everything)]);
    const before = structuredClone(state);
    attributeOrder(attribution(), state);
    expect(state).toEqual(before);
  });
});

const lineId = (index: number) => String(index).padStart(64, '€').slice(-24);
const waiting = () =>
  continued(
    unknown(),
    ['r1', 'r2', 'r3', 'r4', 'r5'].map((refundId) => fact.refund(refundId, fact.ofAmount(200_000))),
  ).state;

describe('more parked facts than one append can hold', () => {
  const lines = linesOf(
    Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [lineId(index), 10_000])),
  );
  const confirmation = { confirmedAt: '2026-01-05T12:00:00.000Z' };
  const first = eventsOf(attributeOrder(attribution({ lines, confirmation }), waiting()));
  let unsettled: OrderState;
  beforeEach(() => {
    unsettled = fold(first, waiting());
  });

  it('are settled in appends of at most 900 KiB each, until none is left', () => {
    const appends = [first];
    let state = unsettled;
    while (hasUnsettledFacts(state)) {
      expect(outcomeOf(fact.cancel('r1')(state))).toBe('parked_facts_must_be_settled');
      const { events } = settleParked({ rules }, state);
      expect(events.length).toBeGreaterThan(0);
      appends.push(events);
      state = fold(events, state);
    }
    expect(appends.length).toBeGreaterThan(1);
    for (const events of appends) {
      const bytes = events.map((event) => Buffer.byteLength(canonicalJson(event)) + 500);
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(900 * 1024);
    }
    expect(state).toMatchObject({ parked: [], eligibleNet: 19_000_000n });
    expect(settleParked({ rules }, state)).toEqual({ events: [] });
  });

  it.each([
    ['a refund', fact.refund('r9', fact.everything)],
    ['a confirmation', fact.confirm('2026-01-06T00:00:00.000Z')],
    ['a cancellation', fact.cancel('r5')],
    ['an invalidation', fact.invalidate()],
    ['a hold', fact.hold()],
  ])('come before %s', (_, newer) => {
    expect(refusalOf(newer(unsettled)).refused).toBe('parked_facts_must_be_settled');
  });

  it('are settled without touching the state that is judged', () => {
    const before = structuredClone(unsettled);
    settleParked({ rules }, unsettled);
    expect(unsettled).toEqual(before);
  });

  it('answer their repeats all the same', () => {
    expect(fact.refund('r5', fact.ofAmount(200_000))(unsettled)).toEqual({ events: [] });
  });
});
