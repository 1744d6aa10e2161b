// What an event moves, built so that its amount can be computed again from the event alone, and
// computed again here. An event that moves nothing carries no movement: zero is never posted.
import type { AttributedOrder } from './order-state.ts';
import type { LineAmount, LineBase, Movement } from './order.events.ts';
import { earned } from './reward.ts';
import type { PinnedPlan } from './reward.ts';
import { toSignedMinor } from './values.ts';
import type { Timestamp } from './values.ts';

/** The earning base of a line or of the whole order, before and after. */
interface Change {
  readonly before: bigint;
  readonly after: bigint;
}

/** What an order earns on what remains of it, whether or not it is confirmed. */
export function earnedOn(state: AttributedOrder): bigint {
  return earned(state.verdict.plan, eligibleNets(state));
}

function* eligibleNets(state: AttributedOrder): Iterable<bigint> {
  for (const line of state.lines.values()) if (line.eligible) yield line.remaining;
}

/** Everything that remains: what a confirmation earns, and a hold and a release carry over. */
export function movementOfRemaining(
  state: AttributedOrder,
  account: Movement['account'],
  clearsAt: Timestamp,
): Movement | undefined {
  const lines: LineBase[] = [];
  for (const [lineId, { eligible, remaining }] of state.lines) {
    if (!eligible || remaining === 0n) continue;
    lines.push({ lineId, beforeMinor: '0', afterMinor: remaining.toString() });
  }
  return movement(state, { account, clearsAt }, lines, { before: 0n, after: state.eligibleNet });
}

/** A refund takes from lines (-1n), a cancellation gives back (1n); nothing before confirmation. */
export function movementOfLines(
  state: AttributedOrder,
  amounts: readonly LineAmount[],
  sign: 1n | -1n,
  clearsAt: Timestamp,
): Movement | undefined {
  if (state.confirmedAt === null) return undefined;
  const lines: LineBase[] = [];
  let after = state.eligibleNet;
  for (const { lineId, amountMinor } of amounts) {
    const line = state.lines.get(lineId);
    if (!line?.eligible) continue;
    const change = sign * BigInt(amountMinor);
    after += change;
    lines.push({
      lineId,
      beforeMinor: line.remaining.toString(),
      afterMinor: (line.remaining + change).toString(),
    });
  }
  const net = { before: state.eligibleNet, after };
  return movement(state, { account: accountOf(state), clearsAt }, lines, net);
}

/** While an order is held, what it earns and loses is posted to held. */
export const accountOf = (state: AttributedOrder): Movement['account'] =>
  state.hold === null ? 'pending' : 'held';

function movement(
  state: AttributedOrder,
  to: Pick<Movement, 'account' | 'clearsAt'>,
  lines: readonly LineBase[],
  net: Change,
): Movement | undefined {
  const { payeeId, sellerId, codeId, text, currency, plan } = state.verdict;
  const amount = movedAmount(plan, lines, net);
  if (amount === 0n) return undefined;
  return {
    payeeId,
    sellerId,
    codeId,
    text,
    currency,
    ...to,
    plan,
    lines: [...lines],
    net: { beforeMinor: toSignedMinor(net.before), afterMinor: toSignedMinor(net.after) },
    amountMinor: toSignedMinor(amount),
  };
}

/** A rate is earned line by line; a fixed fee while the eligible net of the order is above zero. */
function movedAmount(plan: PinnedPlan, lines: readonly LineBase[], net: Change): bigint {
  if (plan.kind === 'fixed_fee') return earned(plan, [net.after]) - earned(plan, [net.before]);
  const after = lines.map((line) => BigInt(line.afterMinor));
  const before = lines.map((line) => BigInt(line.beforeMinor));
  return earned(plan, after) - earned(plan, before);
}

/** What an amount is computed from. */
type MovementBase = Pick<Movement, 'plan' | 'lines' | 'net'>;

/** The amount of a stored movement, computed again from its base and its plan. */
export function recomputedAmount({ plan, lines, net }: MovementBase): bigint {
  return movedAmount(plan, lines, {
    before: BigInt(net.beforeMinor),
    after: BigInt(net.afterMinor),
  });
}
