import type { OrderEvent } from '#ledger/order.events.ts';
import { given, type GivenEvent } from '#read-store/given.ts';
import { linesOf, orderAfter } from '../../test/support/order-builders.ts';
import * as facts from '../../test/support/order-facts.ts';
import { earningsProjection } from './projection.ts';
import { earnings } from './tables.ts';

const earningsOf = (events: readonly OrderEvent[]) =>
  given(
    earningsProjection,
    events.map(({ type, data }) => ['order-connect/o1', type, data] as unknown as GivenEvent),
  ).of(earnings);

const told = (events: readonly OrderEvent[]) =>
  earningsOf(events).map(({ account, reason, amountMinor }) => [account, reason, amountMinor]);

test('an order that is not confirmed has earned nothing yet', () => {
  expect(earningsOf(orderAfter({}, facts.refund('r1', facts.ofAmount(10))).events)).toEqual([]);
});

test('a confirmation is an earning with its order, date, clearing and event', () => {
  expect(earningsOf(orderAfter({}, facts.confirm()).events)).toEqual([
    {
      logIndex: 1,
      account: 'pending',
      payeeId: 'ada',
      currency: 'USD',
      amountMinor: '1000',
      reason: 'order_confirmed',
      sellerId: 'connect',
      orderId: 'o1',
      refundId: null,
      codeId: 'SPRING',
      text: 'ADA10',
      occurredAt: '2026-01-06T00:00:00.000Z',
      clearsAt: '2026-01-13T00:00:00.000Z',
      event: 'order-connect/o1@1',
    },
  ]);
});

test('refunds, cancellations and invalidation have entries of their own', () => {
  const { events } = orderAfter(
    { lines: linesOf({ a: 10_000 }) },
    facts.confirm(),
    facts.refund('r1', facts.ofAmount(2_500)),
    facts.cancel('r1'),
    facts.invalidate(),
  );
  expect(told(events)).toEqual([
    ['pending', 'order_confirmed', '1000'],
    ['pending', 'order_refunded', '-250'],
    ['pending', 'refund_cancelled', '250'],
    ['pending', 'order_invalidated', '-1000'],
  ]);
  expect(earningsOf(events).map(({ refundId }) => refundId)).toEqual([null, 'r1', 'r1', null]);
});

test('a hold takes from pending what it puts to held; so do refunds while it stands', () => {
  const { events } = orderAfter(
    {},
    facts.confirm(),
    facts.hold(),
    facts.refund('r1', facts.ofAmount(2_500)),
    facts.release(),
  );
  expect(told(events)).toEqual([
    ['pending', 'order_confirmed', '1000'],
    ['held', 'commission_held', '1000'],
    ['pending', 'commission_held', '-1000'],
    ['held', 'order_refunded', '-250'],
    ['held', 'commission_released', '-750'],
    ['pending', 'commission_released', '750'],
  ]);
});
