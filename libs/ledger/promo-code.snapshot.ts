// How the state of a code is kept between runs: the code itself in the head, its redemptions in
// parts that are only added. Restoring reads each part once and rebuilds the hash tables from it.
import type { SnapshotCodec } from './decider.ts';
import { keyCount } from './key-set.ts';
import type { ExistingCode, PromoCodeState } from './promo-code.ts';
import { emptyRedemptions, giveBack, partsOf, readPart } from './redemption-index.ts';

/** What the head says; the order and buyer counts size the tables and tell when parts are missing. */
interface Head {
  readonly code: Omit<ExistingCode, 'products' | 'redemptions'> | null;
  readonly orders: number;
  readonly buyers: number;
  readonly released: readonly number[];
}

export const promoCodeSnapshot: SnapshotCodec<PromoCodeState> = { save, restore };

function save(state: PromoCodeState, savedEntries: number) {
  if (state.status === 'absent') return { head: encoded(ABSENT), parts: [], entries: 0 };
  const { products, redemptions, ...code } = state;
  const orders = keyCount(redemptions.orders);
  const buyers = keyCount(redemptions.buyers);
  const head = encoded({ code, orders, buyers, released: [...redemptions.released] });
  return { head, parts: partsOf(redemptions, savedEntries), entries: orders };
}

const ABSENT: Head = { code: null, orders: 0, buyers: 0, released: [] };
const encoded = (head: Head) => new TextEncoder().encode(JSON.stringify(head));

function restore(bytes: Uint8Array) {
  const { code, orders, buyers, released }: Head = JSON.parse(new TextDecoder().decode(bytes));
  const redemptions = emptyRedemptions(orders, buyers);
  return {
    add: (part: Uint8Array) => readPart(redemptions, part),
    /** Throws when the parts are not those of the head: the snapshot is then of no use. */
    finish: (): PromoCodeState => {
      if (!code) return { status: 'absent' };
      const [found, foundBuyers] = [keyCount(redemptions.orders), keyCount(redemptions.buyers)];
      if (found !== orders || foundBuyers !== buyers)
        throw new Error(
          `snapshot of ${orders} orders and ${buyers} buyers holds ${found} and ${foundBuyers}`,
        );
      for (const order of released) giveBack(redemptions, order);
      return { ...code, products: new Set(code.rules.productIds), redemptions };
    },
  };
}
