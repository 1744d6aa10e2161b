import { given, type GivenEvent } from '#read-store/given.ts';
import { orderAfter } from '../../test/support/order-builders.ts';
import * as facts from '../../test/support/order-facts.ts';
import { journalProjection } from './projection.ts';
import { journal } from './tables.ts';

test('lists what every event posted, in the order of the log, with the event', () => {
  const { events } = orderAfter({}, facts.confirm(), facts.hold());
  const rows = given(
    journalProjection,
    events.map(({ type, data }) => ['order-connect/o1', type, data] as unknown as GivenEvent),
  ).of(journal);
  expect(rows.map((row) => [row.event, row.line, row.account, row.amountMinor])).toEqual([
    ['order-connect/o1@1', 0, 'seller:connect:commission', '-1000'],
    ['order-connect/o1@1', 1, 'payee:ada:pending', '1000'],
    ['order-connect/o1@2', 0, 'payee:ada:pending', '-1000'],
    ['order-connect/o1@2', 1, 'payee:ada:held', '1000'],
  ]);
  expect(rows[0]).toMatchObject({
    logIndex: 1,
    currency: 'USD',
    eventType: 'OrderConfirmed',
    occurredAt: '2026-01-06T00:00:00.000Z',
  });
});
