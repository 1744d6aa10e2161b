// Why a movement is the amount that it is, worked out again from what the event carries. For a
// rate: line by line, net × rate, the exact product, the rounded amount. For a fixed fee: from the
// eligible net of the whole order. Decides nothing and reads no other event.
import { recomputedAmount } from './movement.ts';
import type { LineBase, Movement } from './order.events.ts';
import { earned } from './reward.ts';
import type { PinnedPlan } from './reward.ts';
import type { AmountMinor, SignedMinor, Timestamp } from './values.ts';

export interface EarnedOnNet {
  readonly netMinor: AmountMinor;
  /** net × rate in minor units, with all four decimals that basis points can give. */
  readonly exactMinor: string;
  /** Half away from zero. */
  readonly roundedMinor: AmountMinor;
}

interface LineExplanation {
  readonly lineId: string;
  readonly before: EarnedOnNet;
  readonly after: EarnedOnNet;
  /** What the line adds to the movement: rounded after minus rounded before. */
  readonly changeMinor: SignedMinor;
}

interface FeeExplanation {
  readonly netBeforeMinor: SignedMinor;
  readonly earnedBeforeMinor: AmountMinor;
  readonly netAfterMinor: SignedMinor;
  readonly earnedAfterMinor: AmountMinor;
}

export interface MovementExplanation {
  readonly account: Movement['account'];
  readonly currency: string;
  readonly plan: PinnedPlan;
  /** For a rate: each eligible line that was touched. Empty for a fixed fee. */
  readonly lines: readonly LineExplanation[];
  /** For a fixed fee: earned while the eligible net of the order is above zero. */
  readonly fee: FeeExplanation | null;
  readonly amountMinor: SignedMinor;
  /** The same amount, worked out again. */
  readonly recomputedMinor: SignedMinor;
  readonly clearsAt: Timestamp;
}

export function explainMovement(movement: Movement): MovementExplanation {
  const { account, currency, plan, amountMinor, clearsAt } = movement;
  return {
    account,
    currency,
    plan,
    lines: plan.kind === 'rate' ? movement.lines.map((line) => explainLine(line, plan)) : [],
    fee: plan.kind === 'fixed_fee' ? explainFee(movement) : null,
    amountMinor,
    recomputedMinor: recomputedAmount(movement).toString(),
    clearsAt,
  };
}

type Rate = Extract<PinnedPlan, { kind: 'rate' }>;

function explainLine({ lineId, beforeMinor, afterMinor }: LineBase, plan: Rate): LineExplanation {
  const before = earnedOnNet(beforeMinor, plan);
  const after = earnedOnNet(afterMinor, plan);
  const change = BigInt(after.roundedMinor) - BigInt(before.roundedMinor);
  return { lineId, before, after, changeMinor: change.toString() };
}

export function earnedOnNet(netMinor: AmountMinor, plan: Rate): EarnedOnNet {
  const net = BigInt(netMinor);
  const product = net * BigInt(plan.rateBps);
  const decimals = (product % 10_000n).toString().padStart(4, '0');
  return {
    netMinor,
    exactMinor: `${product / 10_000n}.${decimals}`,
    roundedMinor: earned(plan, [net]).toString(),
  };
}

function explainFee({ plan, net }: Movement): FeeExplanation {
  return {
    netBeforeMinor: net.beforeMinor,
    earnedBeforeMinor: earned(plan, [BigInt(net.beforeMinor)]).toString(),
    netAfterMinor: net.afterMinor,
    earnedAfterMinor: earned(plan, [BigInt(net.afterMinor)]).toString(),
  };
}
