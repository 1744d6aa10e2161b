// How the state of a code is kept between runs: the code itself in the head, its redemptions in
// parts that are only added. Restoring copies each part and rebuilds the hash table from it.
import type { SnapshotCodec } from './decider.ts';
import type { ExistingCode, PromoCodeState } from './promo-code.ts';
import { addReserved, emptyRedemptions, endOf, noteRelease, partsOf } from './redemption-index.ts';

interface Head {
  readonly code: Omit<ExistingCode, 'products' | 'redemptions'> | null;
  /** Orders and buyers: how large the table has to be. */
  readonly records: number;
  /** Where the parts end, to tell when some are missing. */
  readonly end: number;
  readonly released: readonly string[];
}

export const promoCodeSnapshot: SnapshotCodec<PromoCodeState> = { save, restore };

function save(state: PromoCodeState, savedEntries: number) {
  if (state.status === 'absent')
    return {
      head: encoded({ code: null, records: 0, end: 0, released: [] }),
      parts: [],
      entries: 0,
    };
  const { products: _derived, redemptions, ...code } = state;
  const end = endOf(redemptions);
  const released = [...redemptions.released];
  const head = encoded({ code, records: redemptions.log.count, end, released });
  return { head, parts: partsOf(redemptions, savedEntries), entries: end };
}

const encoded = (head: Head) => new TextEncoder().encode(JSON.stringify(head));

function restore(bytes: Uint8Array) {
  const { code, records, end, released }: Head = JSON.parse(new TextDecoder().decode(bytes));
  const redemptions = emptyRedemptions(records);
  return {
    add: (part: Uint8Array) => addReserved(redemptions, part),
    /** Throws when the parts are not those of the head: the snapshot is then of no use. */
    finish: (): PromoCodeState => {
      if (!code) return { status: 'absent' };
      if (endOf(redemptions) !== end || redemptions.log.count !== records)
        throw new Error(`a snapshot of ${code.codeId} has parts that are not its own`);
      for (const orderId of released) noteRelease(redemptions, orderId);
      return { ...code, products: new Set(code.rules.productIds), redemptions };
    },
  };
}
