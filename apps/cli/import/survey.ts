// The first pass over an order file: its totals, how many lines each invoice has (their lines need
// not stand together), which purchases are ever refunded and who promoted where. It is what lets
// the second pass run in little memory.
import { type Decimal, minorUnits, plus, ZERO } from './decimal.ts';
import type { Preset, SourceLine } from './preset.ts';

export interface Survey {
  readonly lines: number;
  /** Of the lines, each rounded once. */
  readonly minor: bigint;
  readonly exact: Decimal;
  readonly linesOfInvoice: ReadonlyMap<string, number>;
  /** Purchases that a refund may name: `purchaseKey`. */
  readonly refunded: ReadonlySet<string>;
  /** Sellers in order of appearance, each with the influencers who promoted its orders. */
  readonly promoters: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Undefined when nobody is named: such a refund finds nothing to reverse. */
export const purchaseKey = ({ customer, productId }: SourceLine) =>
  customer === undefined ? undefined : `${customer}\n${productId}`;

export async function survey(
  lines: AsyncIterable<SourceLine>,
  preset: Preset,
  exponent: number,
): Promise<Survey> {
  let count = 0;
  let minor = 0n;
  let exact = ZERO;
  const linesOfInvoice = new Map<string, number>();
  const refunded = new Set<string>();
  const promoters = new Map<string, Set<number>>();
  for await (const line of lines) {
    count += 1;
    minor += minorUnits(line.paid, exponent);
    exact = plus(exact, line.paid);
    linesOfInvoice.set(line.invoice, (linesOfInvoice.get(line.invoice) ?? 0) + 1);
    const key = line.isRefund ? purchaseKey(line) : undefined;
    if (key !== undefined) refunded.add(key);
    if (line.isRefund || !line.isGoods) continue;
    const known = promoters.get(line.sellerId);
    if (known) known.add(preset.influencerOf(line));
    else promoters.set(line.sellerId, new Set([preset.influencerOf(line)]));
  }
  return { lines: count, minor, exact, linesOfInvoice, refunded, promoters };
}
