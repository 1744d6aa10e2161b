// The streams that a decision also rests on: those that only another stream's state can name, and
// how far each was known.
import { promoCode } from '#ledger/promo-code.ts';
import { seller, type SellerState } from '#ledger/seller.ts';
import type { SellerEvent } from '#ledger/seller.events.ts';
import { eventRef, promoCodeStream, sellerStream } from '#ledger/streams.ts';
import type { EventRef, Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import type { Loaded, StreamRef } from '#event-store/transaction.ts';

/**
 * A code's seller never changes. Of a code that does not exist, any: it is refused before. Another
 * node may have created it a moment ago.
 */
export async function sellerOfCode(
  runner: Runner,
  codeId: Id,
): Promise<StreamRef<SellerState, SellerEvent>> {
  const ref = { decider: promoCode, stream: promoCodeStream(codeId) };
  const known = await runner.load(ref);
  const isKnown = known.state.status === 'existing';
  const { state } = isKnown ? known : await runner.loadEnd(ref);
  const sellerId = state.status === 'existing' ? state.sellerId : codeId;
  return { decider: seller, stream: sellerStream(sellerId) };
}

/** How far each stream that a decision rests on was known; what is not there is not named. */
export function judgedOn(
  streams: readonly string[],
  loaded: readonly Loaded<unknown>[],
): EventRef[] {
  return streams.flatMap((stream, at) => {
    const revision = loaded[at]?.revision;
    return typeof revision === 'number' ? [eventRef(stream, revision)] : [];
  });
}
