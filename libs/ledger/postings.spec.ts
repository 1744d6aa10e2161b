import { fixedFee, orderAfter } from '../../test/support/order-builders.ts';
import * as fact from '../../test/support/order-facts.ts';
import type { LedgerEvent } from './events.ts';
import { payeeAccount, postings, sellerCommission } from './postings.ts';

const posted = (event: LedgerEvent) =>
  Object.fromEntries(
    postings(event).map(({ account, currency, amountMinor }) => [
      account,
      `${amountMinor} ${currency}`,
    ]),
  );
const last = (...facts: readonly Parameters<typeof orderAfter>[1][]) =>
  orderAfter({}, ...facts).events.at(-1)!;
const statement = (linesMinor: string): LedgerEvent => ({
  type: 'StatementIssued',
  data: {
    payeeId: 'ada',
    period: '2026-01',
    currency: 'USD',
    cutoffLogIndex: 9,
    rulesVersion: 1,
    openingMinor: '0',
    lineCount: 1,
    linesMinor,
    otherMinor: '0',
    closingMinor: linesMinor,
    inputSha256: 'a'.repeat(64),
    documentSha256: 'b'.repeat(64),
    occurredAt: '2026-02-04T00:00:00.000Z',
  },
});

const seller = 'seller:connect:commission';
const pending = 'payee:ada:pending';
const held = 'payee:ada:held';

describe('what an event posts', () => {
  it.each([
    [
      'a confirmation: the seller owes what the payee earns',
      last(fact.confirm()),
      { [seller]: -1_000, [pending]: 1_000 },
    ],
    [
      'a refund: the reverse of what it took back',
      last(fact.confirm(), fact.refund('r', fact.ofAmount(4_000))),
      { [seller]: 400, [pending]: -400 },
    ],
    [
      'a cancellation: what it gave back',
      last(fact.confirm(), fact.refund('r', fact.ofAmount(4_000)), fact.cancel('r')),
      { [seller]: -400, [pending]: 400 },
    ],
    [
      'an invalidation: everything back',
      last(fact.confirm(), fact.invalidate()),
      { [seller]: 1_000, [pending]: -1_000 },
    ],
    [
      'a hold: from pending to held',
      last(fact.confirm(), fact.hold()),
      { [pending]: -1_000, [held]: 1_000 },
    ],
    [
      'a release: from held to pending',
      last(fact.confirm(), fact.hold(), fact.release()),
      { [held]: -1_000, [pending]: 1_000 },
    ],
    [
      'a confirmation while held: to held',
      last(fact.hold(), fact.confirm()),
      { [seller]: -1_000, [held]: 1_000 },
    ],
    [
      'a statement: from pending to payable',
      statement('950'),
      { [pending]: -950, 'payee:ada:payable': 950 },
    ],
    [
      'a statement of reversals: back to pending',
      statement('-950'),
      { [pending]: 950, 'payee:ada:payable': -950 },
    ],
  ])('%s', (_, event, expected) => {
    const inWords = Object.entries(expected).map(([account, amount]) => [account, `${amount} USD`]);
    expect(posted(event)).toEqual(Object.fromEntries(inWords));
  });

  it.each([
    ['an attribution', last()],
    ['a hold before the confirmation', last(fact.hold())],
    ['a refund before the confirmation', last(fact.refund('r', fact.everything))],
    ['a statement without lines', statement('0')],
    [
      'a fixed fee that survives',
      orderAfter(
        { plan: fixedFee('500') },
        fact.confirm(),
        fact.refund('r', fact.ofAmount(1)),
      ).events.at(-1)!,
    ],
  ])('nothing: %s', (_, event) => {
    expect(postings(event)).toEqual([]);
  });

  it('throws on an event that it does not know', () => {
    expect(() => postings({ type: 'Unheard', data: {} } as unknown as LedgerEvent)).toThrow(
      'no posting rule for Unheard',
    );
  });

  it('spells each account in one place', () => {
    expect(sellerCommission('connect')).toBe(seller);
    expect(payeeAccount('ada', 'held')).toBe(held);
  });
});
