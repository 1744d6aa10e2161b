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
