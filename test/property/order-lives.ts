// Arbitrary lives of one order for the properties: its lines and plan, and facts about it in any
// sequence, many of them impossible. A life is run through the real decisions; what they refuse
// leaves no event. The arithmetic here is the tests' own: exact fractions, shared with nobody.
import fc from 'fast-check';
import { confirmOrder } from '#ledger/confirmation.ts';
import { isRefusal } from '#ledger/decider.ts';
import type { Decision } from '#ledger/decider.ts';
import { holdCommission, releaseCommission } from '#ledger/hold.ts';
import { attributeOrder, invalidateOrder, order } from '#ledger/order.ts';
import type { AttributeOrder, OrderState } from '#ledger/order.ts';
import type { Movement, OrderEvent, RefundRequest } from '#ledger/order.events.ts';
import { postings } from '#ledger/postings.ts';
import type { Verdict } from '#ledger/promo-code.events.ts';
import { cancelRefund, refundOrder } from '#ledger/refund.ts';
import type { PinnedPlan } from '#ledger/reward.ts';
import { attribution, hashOf, ids, rules, verdictOf } from '../support/order-builders.ts';

export type Fact =
  | { readonly kind: 'attribute'; readonly command: AttributeOrder }
  | { readonly kind: 'confirm'; readonly at: string }
  | {
      readonly kind: 'refund';
      readonly at: string;
      readonly id: string;
      readonly request: RefundRequest;
    }
  | { readonly kind: 'cancel'; readonly at: string; readonly id: string }
  | { readonly kind: 'hold' | 'release' | 'invalidate'; readonly at: string };

export function decide(fact: Fact, state: OrderState): Decision<OrderEvent, string> {
  switch (fact.kind) {
    case 'attribute':
      return attributeOrder(fact.command, state);
    case 'confirm':
      return confirmOrder({ ...ids, confirmedAt: fact.at, rules }, state);
    case 'refund': {
      const { id: refundId, request, at: occurredAt } = fact;
      const contentHash = hashOf(refundId);
      const refund = { ...ids, refundId, contentHash, currency: 'USD', request, occurredAt };
      return refundOrder(refund, state);
    }
    case 'cancel':
      return cancelRefund({ ...ids, refundId: fact.id, occurredAt: fact.at }, state);
    case 'invalidate':
      return invalidateOrder({ ...ids, reason: 'fraud', occurredAt: fact.at }, state);
    default: {
      const command = { ...ids, reason: 'review', by: 'finance:ada', occurredAt: fact.at };
      return fact.kind === 'hold'
        ? holdCommission(command, state)
        : releaseCommission(command, state);
    }
  }
}

/** Each fact decided on what the facts before it left. */
export function live(facts: readonly Fact[]) {
  let state: OrderState = order.initial();
  const events: OrderEvent[] = [];
  for (const fact of facts) {
    const decision = decide(fact, state);
    if (isRefusal(decision)) continue;
    events.push(...decision.events);
    state = decision.events.reduce(order.evolve, state);
  }
  return { state, events };
}

export const movementOf = (event: OrderEvent): Movement | undefined =>
  'movement' in event.data ? event.data.movement : undefined;

/** What stands on each account of one order after its events, by account. */
export function balancesOf(events: readonly OrderEvent[]): Readonly<Record<string, bigint>> {
  const balances: Record<string, bigint> = {};
  for (const { account, amountMinor } of events.flatMap((event) => postings(event)))
    balances[account] = (balances[account] ?? 0n) + amountMinor;
  return balances;
}

/** Commission in the tests' own words: the whole part, one more from half a unit on, per line. */
export function commissionOf(plan: PinnedPlan, eligibleNets: readonly bigint[]): bigint {
  if (plan.kind === 'fixed_fee')
    return eligibleNets.some((net) => net > 0n) ? BigInt(plan.feeMinor) : 0n;
  let sum = 0n;
  for (const net of eligibleNets) {
    const tenThousandths = net * BigInt(plan.rateBps);
    const rest = tenThousandths % 10_000n;
    sum += (tenThousandths - rest) / 10_000n + (rest >= 5_000n ? 1n : 0n);
  }
  return sum;
}

const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 4n }),
  fc.bigInt({ min: 0n, max: 30n }),
  fc.bigInt({ min: 0n, max: 100_000n }),
  fc.bigInt({ min: 0n, max: 10n ** 14n }),
);

const plan: fc.Arbitrary<PinnedPlan> = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }).map((rateBps): PinnedPlan => {
    return { version: 1, rounding: 1, kind: 'rate', rateBps };
  }),
  fc.bigInt({ min: 1n, max: 10n ** 6n }).map((fee): PinnedPlan => {
    return { version: 1, rounding: 1, kind: 'fixed_fee', feeMinor: String(fee) };
  }),
);

export const LINE_IDS = ['a', 'b', 'c', 'd', 'e'] as const;

const lines: fc.Arbitrary<Verdict['lines']> = fc
  .array(fc.tuple(amount, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 5 })
  .map((all) =>
    all.map(([paid, die], index) => ({
      lineId: LINE_IDS[index]!,
      productId: 'p',
      quantity: 1,
      listMinor: String(paid),
      paidMinor: String(paid),
      eligible: die > 0 || index === 0,
    })),
  );

/** Milliseconds in the first quarter; facts are not in the order of their times. */
export const time = fc
  .integer({ min: 0, max: 90 * 24 })
  .map((hours) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString());

const request: fc.Arbitrary<RefundRequest> = fc.oneof(
  { weight: 3, arbitrary: amount.map((minor) => ofAmount(minor)) },
  { weight: 1, arbitrary: fc.constant<RefundRequest>({ kind: 'everything' }) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...LINE_IDS), amount), { minLength: 1, maxLength: 3 })
      .map((all): RefundRequest => ({
        kind: 'lines',
        lines: all.map(([lineId, minor]) => ({ lineId, amountMinor: String(minor) })),
      })),
  },
);

const ofAmount = (minor: bigint): RefundRequest => ({
  kind: 'amount',
  amountMinor: String(minor),
});

const refundId = fc.constantFrom(...'123456789');

export const attribute: fc.Arbitrary<Extract<Fact, { kind: 'attribute' }>> = fc
  .record({ lines, plan, isHeld: fc.boolean(), confirmedAt: fc.option(time) })
  .map((drawn) => {
    const verdict = verdictOf({
      lines: drawn.lines,
      plan: drawn.plan,
      ...(drawn.isHeld && { hold: { reason: 'suspended', by: 'rule:suspension' } }),
      ...(drawn.confirmedAt && { confirmation: { confirmedAt: drawn.confirmedAt } }),
    });
    return { kind: 'attribute', command: { ...attribution(), verdict } };
  });

export const confirm = time.map((at): Fact => ({ kind: 'confirm', at }));
export const refund = fc
  .record({ kind: fc.constant('refund' as const), at: time, id: refundId, request })
  .map((fact): Fact => fact);
export const cancel = fc
  .record({ kind: fc.constant('cancel' as const), at: time, id: refundId })
  .map((fact): Fact => fact);
export const hold = time.map((at): Fact => ({ kind: 'hold', at }));
export const release = time.map((at): Fact => ({ kind: 'release', at }));
const invalidate = time.map((at): Fact => ({ kind: 'invalidate', at }));

/** Facts in any sequence, the order's attribution somewhere among them. */
export function lifeOf(facts: fc.Arbitrary<Fact>): fc.Arbitrary<readonly Fact[]> {
  return fc
    .tuple(attribute, fc.array(facts, { maxLength: 16 }), fc.nat())
    .map(([first, others, place]) => others.toSpliced(place % (others.length / 2 + 1), 0, first));
}

export const anyLife = lifeOf(
  fc.oneof(
    { weight: 2, arbitrary: confirm },
    { weight: 6, arbitrary: refund },
    { weight: 3, arbitrary: cancel },
    { weight: 2, arbitrary: hold },
    { weight: 2, arbitrary: release },
    { weight: 1, arbitrary: fc.option(invalidate, { nil: confirmLate() }) },
  ),
);

function confirmLate(): Fact {
  return { kind: 'confirm', at: '2027-01-01T00:00:00.000Z' };
}
