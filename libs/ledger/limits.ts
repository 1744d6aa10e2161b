// What the ledger takes of an order at all: judged before anything is stored, answered and never
// kept. The limits of a code on its redemptions are judged in `redemptions.ts`.
import { refuse, type Refusal } from './decider.ts';
import type { OrderContent } from './order-content.ts';
import type { ProgrammeState } from './programme.ts';
import { isAhead } from './time.ts';
import type { Timestamp } from './values.ts';

/** In minor units; sums of many orders then stay far from any engine's edge. */
const MAX_ORDER_MINOR = 10n ** 15n;

export interface SubmittedOrder {
  readonly content: OrderContent;
  readonly confirmedAt?: Timestamp | undefined;
  readonly now: Timestamp;
}

export type UnstorableOrderRefusal =
  | 'programme_rules_must_be_set'
  | 'paid_at_must_not_be_ahead_of_the_clock'
  | 'confirmed_at_must_not_be_ahead_of_the_clock'
  | 'line_ids_must_be_distinct'
  | 'order_amount_must_be_within_limit';

/** Why an order is turned away without a trace, or nothing when it is to be judged. */
export function unstorable(
  { content, confirmedAt, now }: SubmittedOrder,
  programme: ProgrammeState,
): Refusal<UnstorableOrderRefusal> | undefined {
  const { paidAt, lines } = content;
  if (programme.status === 'absent') return refuse('programme_rules_must_be_set');
  if (isAhead(paidAt, now))
    return refuse('paid_at_must_not_be_ahead_of_the_clock', { paidAt, now });
  if (confirmedAt !== undefined && isAhead(confirmedAt, now))
    return refuse('confirmed_at_must_not_be_ahead_of_the_clock', { confirmedAt, now });
  const repeated = firstRepeated(lines.map(({ lineId }) => lineId));
  if (repeated !== undefined) return refuse('line_ids_must_be_distinct', { lineId: repeated });
  for (const field of ['listMinor', 'paidMinor'] as const) {
    const total = lines.reduce((sum, line) => sum + BigInt(line[field]), 0n);
    if (total > MAX_ORDER_MINOR)
      return refuse('order_amount_must_be_within_limit', {
        field,
        totalMinor: String(total),
        limitMinor: String(MAX_ORDER_MINOR),
      });
  }
  return undefined;
}

function firstRepeated(ids: readonly string[]): string | undefined {
  if (ids.length < 2) return undefined;
  const seen = new Set<string>();
  return ids.find((id) => seen.size === seen.add(id).size);
}
