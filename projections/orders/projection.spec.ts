import type { LedgerEvent } from '#ledger/events.ts';
import type { OrderEvent } from '#ledger/order.events.ts';
import { given, type GivenEvent } from '#read-store/given.ts';
import {
  continued,
  fixedFee,
  linesOf,
  orderAfter,
  rate,
  RESERVATION,
  verdictOf,
} from '../../test/support/order-builders.ts';
import { awaitedOrder } from '#ledger/order-state.ts';
import * as facts from '../../test/support/order-facts.ts';
import { attributeOrder } from '#ledger/order.ts';
import { attribution } from '../../test/support/order-builders.ts';
import { ordersProjection } from './projection.ts';
import { codeTotals, orders, payeeEstimates, refunds, type OrderLineState } from './tables.ts';

const inStream = (events: readonly LedgerEvent[], stream = 'order-connect/o1') =>
  events.map(({ type, data }) => [stream, type, data] as unknown as GivenEvent);

const rowsOf = (events: readonly OrderEvent[], before: readonly GivenEvent[] = []) =>
  given(ordersProjection, [...before, ...inStream(events)]);

const orderOf = (events: readonly OrderEvent[]) => rowsOf(events).of(orders)[0]!;
const remaining = (events: readonly OrderEvent[]) =>
  (JSON.parse(orderOf(events).lines) as OrderLineState[]).map((line) => line.remainingMinor);

const two = { lines: linesOf({ a: 10_000, '-b': 500 }) };

describe('an outcome', () => {
  test('by attribution shows whose it is, what was paid and what it may earn', () => {
    expect(orderOf(orderAfter(two).events)).toMatchObject({
      status: 'attributed',
      payeeId: 'ada',
      codeId: 'SPRING',
      text: 'ADA10',
      paidMinor: '10500',
      remainingMinor: '10500',
      estimatedMinor: '1000',
      earnedMinor: '0',
      confirmedAt: null,
      held: 0,
      plan: JSON.stringify(rate(1_000)),
    });
  });

  test('by rejection has its reason, no payee and no estimate', () => {
    const { events } = continued(awaitedOrder(), [facts.reject()]);
    const rows = rowsOf(events);
    expect(rows.of(orders)).toMatchObject([
      { status: 'rejected', rejectedReason: 'code_paused', payeeId: null, estimatedMinor: '0' },
    ]);
    expect(rows.of(codeTotals)).toEqual([]);
  });

  test('replaces the row of an order that was awaited', () => {
    const { events } = continued(awaitedOrder(), [
      facts.refund('r1', facts.ofAmount(1_000)),
      (state) => attributeOrder(attribution(), state),
    ]);
    expect(rowsOf(events.slice(0, 1)).of(orders)).toMatchObject([
      { status: 'awaited', text: null },
    ]);
    expect(rowsOf(events.slice(0, 1)).of(refunds)).toMatchObject([{ status: 'parked' }]);
    const rows = rowsOf(events);
    expect(rows.of(orders)).toMatchObject([{ status: 'attributed', remainingMinor: '9000' }]);
    expect(rows.of(refunds)).toMatchObject([{ status: 'applied', amountMinor: '1000' }]);
  });
});

describe('a confirmation', () => {
  test('turns the estimate into what is earned', () => {
    expect(orderOf(orderAfter(two, facts.confirm()).events)).toMatchObject({
      confirmedAt: '2026-01-06T00:00:00.000Z',
      clearsAt: '2026-01-13T00:00:00.000Z',
      estimatedMinor: '0',
      earnedMinor: '1000',
    });
  });
});

describe('a refund', () => {
  test('before the confirmation lowers the estimate, after it what is earned', () => {
    const half = facts.refund('r1', facts.ofLines({ a: 5_000 }));
    expect(orderOf(orderAfter(two, half).events)).toMatchObject({
      remainingMinor: '5500',
      estimatedMinor: '500',
      earnedMinor: '0',
    });
    const confirmed = orderAfter(two, facts.confirm(), half).events;
    expect(orderOf(confirmed)).toMatchObject({ estimatedMinor: '0', earnedMinor: '500' });
    expect(remaining(confirmed)).toEqual(['5000', '500']);
  });

  test('leaves the estimate of a fixed fee until nothing eligible remains', () => {
    const fee = { ...two, plan: fixedFee('300'), commissionMinor: '300' };
    const part = facts.refund('r1', facts.ofLines({ a: 9_999 }));
    expect(orderOf(orderAfter(fee, part).events).estimatedMinor).toBe('300');
    const rest = facts.refund('r2', facts.ofLines({ a: 1 }));
    expect(orderOf(orderAfter(fee, part, rest).events).estimatedMinor).toBe('0');
  });

  test('that is cancelled gives back exactly what it took', () => {
    const { events } = orderAfter(
      two,
      facts.confirm(),
      facts.refund('r1', facts.ofAmount(2_100)),
      facts.cancel('r1'),
    );
    expect(orderOf(events)).toMatchObject({ remainingMinor: '10500', earnedMinor: '1000' });
    expect(remaining(events)).toEqual(['10000', '500']);
    expect(rowsOf(events).of(refunds)).toMatchObject([{ status: 'cancelled' }]);
  });

  test('that was refused says why and takes nothing', () => {
    const { events } = orderAfter(two, facts.refund('r1', facts.ofLines({ a: 10_001 })));
    expect(rowsOf(events).of(refunds)).toMatchObject([
      { status: 'refused', refusedReason: 'more_than_remains', amountMinor: null },
    ]);
    expect(orderOf(events).remainingMinor).toBe('10500');
  });
});

test('an invalidated order has nothing left, nothing estimated and nothing earned', () => {
  for (const before of [[], [facts.confirm()]])
    expect(orderOf(orderAfter(two, ...before, facts.invalidate()).events)).toMatchObject({
      status: 'invalidated',
      invalidatedReason: 'fraud',
      remainingMinor: '0',
      estimatedMinor: '0',
      earnedMinor: '0',
    });
});

test('a hold marks the order, what it earned stays; a release puts off the clearing', () => {
  const held = orderAfter(two, facts.confirm(), facts.hold()).events;
  expect(orderOf(held)).toMatchObject({ held: 1, heldReason: 'under review', earnedMinor: '1000' });
  const released = orderAfter(two, facts.confirm(), facts.hold(), facts.release()).events;
  expect(orderOf(released)).toMatchObject({
    held: 0,
    heldReason: null,
    earnedMinor: '1000',
    clearsAt: '2026-02-07T00:00:00.000Z',
  });
});

describe('what orders add up to', () => {
  const reserved = (orderId: string): GivenEvent => [
    'promoCode-SPRING',
    'RedemptionReserved',
    { verdict: verdictOf({ orderId }), occurredAt: '2026-01-05T10:00:05.000Z' },
  ];
  const released: GivenEvent = [
    'promoCode-SPRING',
    'RedemptionReleased',
    {
      codeId: 'SPRING',
      orderId: 'o2',
      reservation: RESERVATION,
      settledBy: 'order-connect/o2@0',
      occurredAt: '2026-01-06T10:00:05.000Z',
    },
  ];

  test('per code: uses until released, sales, what remains, what is estimated and earned', () => {
    const first = inStream(
      orderAfter(two, facts.confirm(), facts.refund('r1', facts.ofLines({ a: 5_000 }))).events,
    );
    const second = inStream(orderAfter({ ...two, orderId: 'o3' }).events, 'order-connect/o3');
    const rows = given(ordersProjection, [
      reserved('o1'),
      reserved('o2'),
      ...first,
      reserved('o3'),
      released,
      ...second,
    ]);
    expect(rows.of(codeTotals)).toEqual([
      {
        codeId: 'SPRING',
        sellerId: 'connect',
        currency: 'USD',
        uses: 2,
        attributedOrders: 2,
        salesMinor: '21000',
        remainingMinor: '16000',
        estimatedMinor: '1000',
        earnedMinor: '500',
      },
    ]);
    expect(rows.of(payeeEstimates)).toEqual([
      { payeeId: 'ada', currency: 'USD', orders: 1, estimatedMinor: '1000' },
    ]);
  });

  test('is nothing again once an order is invalidated, but for its use and its sale', () => {
    const { events } = orderAfter(two, facts.confirm(), facts.hold(), facts.invalidate());
    expect(rowsOf(events, [reserved('o1')]).of(codeTotals)).toMatchObject([
      { uses: 1, salesMinor: '10500', remainingMinor: '0', estimatedMinor: '0', earnedMinor: '0' },
    ]);
  });
});
