import type { OrderEvent } from '#ledger/order.events.ts';
import { given, type GivenEvent } from '#read-store/given.ts';
import { orderAfter } from '../../test/support/order-builders.ts';
import * as facts from '../../test/support/order-facts.ts';
import { balancesProjection } from './projection.ts';
import { balances } from './tables.ts';

const balancesOf = (events: readonly OrderEvent[]) =>
  given(
    balancesProjection,
    events.map(({ type, data }) => ['order-connect/o1', type, data] as unknown as GivenEvent),
  ).of(balances);

const { events } = orderAfter(
  {},
  facts.confirm(),
  facts.refund('r1', facts.ofAmount(2_500)),
  facts.hold(),
  facts.refund('r2', facts.ofAmount(2_500)),
);

test('what the payee has, the seller owes', () => {
  expect(balancesOf(events)).toEqual([
    { account: 'payee:ada:held', currency: 'USD', balanceMinor: '500', postings: 2 },
    { account: 'payee:ada:pending', currency: 'USD', balanceMinor: '0', postings: 3 },
    { account: 'seller:connect:commission', currency: 'USD', balanceMinor: '-500', postings: 3 },
  ]);
});

test('adds up to zero at every place of the log', () => {
  for (let place = 0; place <= events.length; place++) {
    const sum = balancesOf(events.slice(0, place)).reduce(
      (total, { balanceMinor }) => total + BigInt(balanceMinor),
      0n,
    );
    expect(sum).toBe(0n);
  }
});
