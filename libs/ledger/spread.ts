// Spreads a refund for the whole order over its lines by what remains of each: largest remainder,
// ties by line id. Never takes more from a line than remains, and adds up to the amount exactly.
import type { RemainingLine } from './order-state.ts';
import type { LineAmount } from './order.events.ts';

interface Share {
  readonly lineId: string;
  readonly whole: bigint;
  readonly remainder: bigint;
}

/** `amount` is above zero and at most what remains of all lines together. */
export function spreadByRemaining(
  amount: bigint,
  lines: ReadonlyMap<string, RemainingLine>,
): readonly LineAmount[] {
  let total = 0n;
  for (const { remaining } of lines.values()) total += remaining;
  const shares: Share[] = [];
  let missing = amount;
  for (const [lineId, { remaining }] of lines) {
    const whole = (amount * remaining) / total;
    shares.push({ lineId, whole, remainder: (amount * remaining) % total });
    missing -= whole;
  }
  const extra = new Set<string>();
  for (const { lineId } of shares.toSorted(byRemainder).slice(0, Number(missing)))
    extra.add(lineId);
  return shares
    .map(({ lineId, whole }) => ({ lineId, amount: extra.has(lineId) ? whole + 1n : whole }))
    .filter((share) => share.amount > 0n)
    .map((share) => ({ lineId: share.lineId, amountMinor: share.amount.toString() }));
}

/** Largest remainder first; line ids compare by UTF-16 code units, as in canonical JSON. */
function byRemainder(one: Share, other: Share): number {
  if (one.remainder !== other.remainder) return one.remainder > other.remainder ? -1 : 1;
  return one.lineId < other.lineId ? -1 : 1;
}
