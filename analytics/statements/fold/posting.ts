// A stored event as the fold sees it: the posting that it makes on a payee's pending account, with
// its amount computed again from base and plan. Refuses an event that says another amount.
import type { Movement } from '#ledger/order.events.ts';
import { earned } from '#ledger/reward.ts';
import { eventRef } from '#ledger/streams.ts';
import { KIND_OF, type LineKind, type MoneyEventType } from '../document.ts';
import { AmountDiffers } from '../run.ts';
import type { CarriedEvent } from './fold-carry.ts';

export interface PendingPosting {
  readonly logIndex: number;
  readonly event: string;
  readonly kind: LineKind;
  readonly occurredAt: string;
  readonly orderId: string;
  readonly movement: Movement;
  /** What it adds to pending: a hold takes away what it moves. */
  readonly amountMinor: bigint;
}

/** What every event that moves money carries. */
interface MoneyFact {
  readonly orderId: string;
  readonly occurredAt: string;
  readonly movement?: Movement;
}

/**
 * Undefined when it leaves pending as it is: nothing moved, or earned while held; or when it moves
 * the money of somebody else than was asked for.
 */
export function pendingPosting(
  event: CarriedEvent,
  only?: Pick<Movement, 'payeeId' | 'currency'>,
): PendingPosting | undefined {
  const { movement, occurredAt, orderId } = JSON.parse(event.data) as MoneyFact;
  if (movement === undefined) return undefined;
  const { payeeId, currency } = movement;
  if (only && (only.payeeId !== payeeId || only.currency !== currency)) return undefined;
  const ref = eventRef(event.stream, event.revision);
  const kind = KIND_OF[event.type as MoneyEventType];
  const moved = recomputed(movement, ref);
  const sign = signOnPending(kind, movement.account);
  if (sign === 0n) return undefined;
  const { logIndex } = event;
  return { logIndex, event: ref, kind, occurredAt, orderId, movement, amountMinor: sign * moved };
}

function signOnPending(kind: LineKind, account: Movement['account']): 1n | -1n | 0n {
  if (kind === 'hold') return -1n;
  if (kind === 'release') return 1n;
  return account === 'pending' ? 1n : 0n;
}

function recomputed(movement: Movement, ref: string): bigint {
  const moved = earnedBy(movement, 'afterMinor') - earnedBy(movement, 'beforeMinor');
  if (moved.toString() === movement.amountMinor) return moved;
  throw new AmountDiffers(
    `${ref} states ${movement.amountMinor}, its base and plan give ${moved} (fold)`,
  );
}

function earnedBy({ plan, lines, net }: Movement, side: 'beforeMinor' | 'afterMinor'): bigint {
  if (plan.kind === 'fixed_fee') return earned(plan, [BigInt(net[side])]);
  return earned(
    plan,
    lines.map((line) => BigInt(line[side])),
  );
}
