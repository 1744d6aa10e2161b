// Which purchase a refund reverses when it names none: the latest earlier line of goods of the same
// customer with the same product that has at least so much left; else the latest that has anything
// left; else the latest, for the ledger to refuse. Decided from the file alone, so that the same
// file gives the same refunds however often it is imported.
import type { Timestamp } from '#ledger/values.ts';

export interface Purchase {
  readonly sellerId: string;
  readonly orderId: string;
  readonly lineId: string;
  readonly at: Timestamp;
  leftMinor: bigint;
}

export class Purchases {
  private readonly byKey = new Map<string, Purchase[]>();

  add(key: string, purchase: Purchase): void {
    const known = this.byKey.get(key);
    if (known) known.push(purchase);
    else this.byKey.set(key, [purchase]);
  }

  /** Takes the amount from the purchase that it returns, if that has so much left. */
  reverse(key: string, amountMinor: bigint, at: Timestamp): Purchase | undefined {
    const earlier = (this.byKey.get(key) ?? []).filter((purchase) => purchase.at <= at);
    const found =
      earlier.findLast(({ leftMinor }) => leftMinor >= amountMinor) ??
      earlier.findLast(({ leftMinor }) => leftMinor > 0n) ??
      earlier.at(-1);
    if (found && found.leftMinor >= amountMinor) found.leftMinor -= amountMinor;
    return found;
  }
}
