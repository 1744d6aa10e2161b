// A stored event as the fold sees it: the posting that it makes on a payee's pending account, with
// its amount computed again from base and plan. Refuses an event that says another amount.
import type { LineBase, Movement } from '#ledger/order.events.ts';
import { earned, type PinnedPlan } from '#ledger/reward.ts';
import { eventRef } from '#ledger/streams.ts';
import { KIND_OF, type LineKind, type MoneyEventType } from '../document.ts';
import { AmountDiffers } from '../run.ts';
import type { CarriedEvent } from './fold-carry.ts';
import { moneyText, type MoneyText } from './money-text.ts';

export interface PendingPosting {
  readonly logIndex: number;
  readonly event: string;
  readonly kind: LineKind;
  readonly money: MoneyText;
  /** What it adds to pending: a hold takes away what it moves. */
  readonly amountMinor: bigint;
}

/**
 * Undefined when it leaves pending as it is: nothing moved, or earned while held; or when it moves
 * the money of somebody else than was asked for.
 */
export function pendingPosting(
  event: CarriedEvent,
  only?: Pick<Movement, 'payeeId' | 'currency'>,
): PendingPosting | undefined {
  if (only && cannotName(only.payeeId, event.data)) return undefined;
  const money = moneyText(event.data);
  if (money === undefined) return undefined;
  if (only && (only.payeeId !== money.payeeId || only.currency !== money.currency))
    return undefined;
  const ref = eventRef(event.stream, event.revision);
  const kind = KIND_OF[event.type as MoneyEventType];
  const moved = recomputed(money, ref);
  const sign = signOnPending(kind, money.account);
  if (sign === 0n) return undefined;
  return { logIndex: event.logIndex, event: ref, kind, money, amountMinor: sign * moved };
}

/** JSON without a backslash holds its strings as they are. */
const cannotName = (payeeId: string, data: string) =>
  !data.includes(payeeId) && !data.includes('\\');

function signOnPending(kind: LineKind, account: Movement['account']): 1n | -1n | 0n {
  if (kind === 'hold') return -1n;
  if (kind === 'release') return 1n;
  return account === 'pending' ? 1n : 0n;
}

function recomputed(money: MoneyText, ref: string): bigint {
  const moved = movedBy(money);
  if (moved.toString() === money.amountMinor) return moved;
  throw new AmountDiffers(
    `${ref} states ${money.amountMinor}, its base and plan give ${moved} (fold)`,
  );
}

function movedBy(money: MoneyText): bigint {
  const plan = planOf(money.plan);
  if (plan.kind === 'fixed_fee') {
    const { beforeMinor, afterMinor } = JSON.parse(money.net) as Movement['net'];
    return earned(plan, [BigInt(afterMinor)]) - earned(plan, [BigInt(beforeMinor)]);
  }
  const base = JSON.parse(money.base) as readonly LineBase[];
  const after = base.map((line) => BigInt(line.afterMinor));
  const before = base.map((line) => BigInt(line.beforeMinor));
  return earned(plan, after) - earned(plan, before);
}

/** A few plans earn for all orders: each is parsed once, as long as they are few. */
const plans = new Map<string, PinnedPlan>();
const MAX_PLANS = 10_000;

function planOf(text: string): PinnedPlan {
  const known = plans.get(text);
  if (known) return known;
  if (plans.size >= MAX_PLANS) plans.clear();
  const plan = JSON.parse(text) as PinnedPlan;
  plans.set(text, plan);
  return plan;
}
