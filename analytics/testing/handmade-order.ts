// An order of a handmade log: what remains of it, and the movements that its events carry, computed
// with the ledger's own rounding.
import type { LineBase, Movement } from '#ledger/order.events.ts';
import { earned, type PinnedPlan } from '#ledger/reward.ts';

export interface HandmadeOrder {
  readonly orderId: string;
  readonly sellerId: string;
  readonly payeeId: string;
  readonly currency: string;
  readonly plan: PinnedPlan;
  readonly remaining: Map<string, bigint>;
  readonly refunds: Map<string, ReadonlyMap<string, bigint>>;
  clearsAt: string;
  isHeld: boolean;
}

export type OrderTerms = Pick<HandmadeOrder, 'orderId' | 'payeeId' | 'currency' | 'plan'> & {
  readonly lines: readonly bigint[];
  /** Else `line 1`, `line 2`, … */
  readonly lineIds?: readonly string[] | undefined;
  readonly occurredAt: string;
  readonly clearsAt: string;
};

export const RATE_10_PERCENT: PinnedPlan = {
  kind: 'rate',
  rateBps: 1_000,
  rounding: 1,
  version: 1,
};

/** An attributed order of influencer p1: product, what was paid for it, whether it is eligible. */
export function attribution(
  orderId: string,
  products: readonly (readonly [string, string, boolean])[],
) {
  const at = '2026-01-09T10:00:00.000Z';
  const lines = products.map(([productId, paidMinor, eligible], i) => ({
    lineId: `line ${i + 1}`,
    productId,
    quantity: 2,
    listMinor: paidMinor,
    paidMinor,
    eligible,
  }));
  const who = { sellerId: 's1', orderId, codeId: 'c1', taskId: 'c1.default', text: 'CODE1' };
  const verdict = {
    ...who,
    payeeId: 'p1',
    promoterId: null,
    paidAt: at,
    currency: 'USD',
    lines,
    plan: RATE_10_PERCENT,
    commissionMinor: '100',
    contentHash: 'a'.repeat(64),
    judgedOn: [],
  };
  const data = { verdict, reservation: 'promoCode-c1@1', occurredAt: at };
  return { type: 'OrderAttributed', data } as const;
}

type Owner = Pick<HandmadeOrder, 'plan' | 'payeeId' | 'sellerId' | 'currency' | 'isHeld'>;

interface Change {
  readonly base: readonly { lineId: string; before: bigint; after: bigint }[];
  readonly net: readonly [before: bigint, after: bigint];
  readonly clearsAt: string;
}

/** Undefined when it moves nothing: zero is never posted. */
export function movementOf(order: Owner, { base, net, clearsAt }: Change): Movement | undefined {
  const { plan, payeeId, sellerId, currency } = order;
  const [before, after] = net;
  const amount =
    plan.kind === 'fixed_fee'
      ? earned(plan, [after]) - earned(plan, [before])
      : earned(
          plan,
          base.map((line) => line.after),
        ) -
        earned(
          plan,
          base.map((line) => line.before),
        );
  if (amount === 0n) return undefined;
  const lines: LineBase[] = base.map((line) => ({
    lineId: line.lineId,
    beforeMinor: `${line.before}`,
    afterMinor: `${line.after}`,
  }));
  return {
    payeeId,
    sellerId,
    codeId: 'c1',
    text: 'CODE1',
    currency,
    account: order.isHeld ? 'held' : 'pending',
    plan,
    lines,
    net: { beforeMinor: `${before}`, afterMinor: `${after}` },
    amountMinor: `${amount}`,
    clearsAt,
  };
}

export const sumOf = (amounts: Iterable<bigint>) =>
  [...amounts].reduce((sum, each) => sum + each, 0n);

export const laterOf = (one: string, other: string) => (one > other ? one : other);
