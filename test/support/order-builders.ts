// Orders for tests: a verdict with sensible defaults, the events that follow from it through the
// real decisions, and the state they fold to. Nothing here computes money.
import type { ConfirmationRules } from '#ledger/clearing.ts';
import { isRefusal } from '#ledger/decider.ts';
import type { AnyEvent, Decision, Refusal } from '#ledger/decider.ts';
import { attributeOrder, order } from '#ledger/order.ts';
import type { AttributeOrder, OrderState } from '#ledger/order.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import type { ExplainedEvent } from '#ledger/explain.ts';
import type { OrderEvent } from '#ledger/order.events.ts';
import type { Verdict } from '#ledger/promo-code.events.ts';
import type { PinnedPlan } from '#ledger/reward.ts';
import { eventsOf } from './given.ts';

export const rules: ConfirmationRules = { version: 1, holdDays: 7, confirmationLimitDays: 180 };

export const hashOf = (digit: string) => digit.repeat(64);
export const RESERVATION = 'promoCode-SPRING@7';
export const ids = { sellerId: 'connect', orderId: 'o1' };

export const rate = (rateBps: number): PinnedPlan => ({
  version: 1,
  rounding: 1,
  kind: 'rate',
  rateBps,
});
export const fixedFee = (feeMinor: string): PinnedPlan => ({
  version: 1,
  rounding: 1,
  kind: 'fixed_fee',
  feeMinor,
});

/** A line that paid this much, by line id; a minus before the id makes it not eligible. */
export function linesOf(paid: Readonly<Record<string, number | bigint>>): Verdict['lines'] {
  return Object.entries(paid).map(([name, paidMinor]) => ({
    lineId: name.replace(/^-/, ''),
    productId: `product-${name.replace(/^-/, '')}`,
    quantity: 1,
    listMinor: String(paidMinor),
    paidMinor: String(paidMinor),
    eligible: !name.startsWith('-'),
  }));
}

export function verdictOf(changes: Partial<Verdict> = {}): Verdict {
  return {
    ...ids,
    codeId: 'SPRING',
    taskId: 'SPRING.default',
    text: 'ADA10',
    payeeId: 'ada',
    promoterId: null,
    paidAt: '2026-01-05T10:00:00.000Z',
    currency: 'USD',
    lines: linesOf({ a: 10_000 }),
    plan: rate(1_000),
    commissionMinor: '1000',
    contentHash: hashOf('a'),
    judgedOn: ['promoCode-SPRING@6'],
    ...changes,
  };
}

export function attribution(changes: Partial<Verdict> = {}): AttributeOrder {
  return {
    verdict: verdictOf(changes),
    reservation: RESERVATION,
    rules,
    occurredAt: '2026-01-05T10:00:05.000Z',
  };
}

export const fold = (events: readonly OrderEvent[], from: OrderState = order.initial()) =>
  events.reduce(order.evolve, from);

export function refusalOf<R extends string>(decision: Decision<AnyEvent, R>): Refusal<R> {
  if (isRefusal(decision)) return decision;
  throw new Error(`not refused: ${JSON.stringify(decision.events)}`);
}

/** An order as its own stream leaves it: attributed, then one decision after another. */
export function orderAfter(
  changes: Partial<Verdict>,
  ...decisions: readonly ((state: OrderState) => Decision<OrderEvent, string>)[]
): { readonly state: OrderState; readonly events: readonly OrderEvent[] } {
  return continued(order.initial(), [
    (state) => attributeOrder(attribution(changes), state),
    ...decisions,
  ]);
}

/** Decides one after another, each on what the one before left. */
export function continued(
  from: OrderState,
  decisions: readonly ((state: OrderState) => Decision<OrderEvent, string>)[],
): { readonly state: OrderState; readonly events: readonly OrderEvent[] } {
  const events: OrderEvent[] = [];
  let state = from;
  for (const decide of decisions) {
    const decided = eventsOf(decide(state));
    events.push(...decided);
    state = fold(decided, state);
  }
  return { state, events };
}

/** Events as the order's stream, or another one, gives them back. */
export const stored = (events: readonly LedgerEvent[], stream = 'order-connect/o1') =>
  events.map((event, revision): ExplainedEvent => ({
    ...event,
    stream,
    revision,
    metadata: {
      actor: 'feed:connect',
      recordedAt: '2026-01-05T10:00:06.000Z',
      correlationId: '0b8f4c1e-6a55-4c5e-9a76-2f1f6a1f9b01',
      causationId: '0b8f4c1e-6a55-4c5e-9a76-2f1f6a1f9b01',
    },
  }));
