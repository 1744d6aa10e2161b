// What an order leads to, before anything is decided. An order that nobody here knows of is
// presumed new and not looked up: see `new-orders.ts`.
import { type Holder, issuedCode } from '#ledger/issued-code.ts';
import { order } from '#ledger/order.ts';
import type { ProgrammeState } from '#ledger/programme.ts';
import { promoCode, type PromoCodeState } from '#ledger/promo-code.ts';
import { holderOf } from '#ledger/redemptions.ts';
import { issuedCodeStream, orderStream, promoCodeStream } from '#ledger/streams.ts';
import { type OrderDesk, PROGRAMME } from './order-desk.ts';
import { contentOf, type OrderRequest } from './order-request.ts';

export interface Seen {
  readonly request: OrderRequest;
  readonly isSettled: boolean;
  /** It was not looked up, for nobody here knows of it. */
  readonly isPresumedNew: boolean;
  readonly programme: ProgrammeState;
  /** Null when the text led nowhere at the moment of payment. */
  readonly way: { readonly holder: Holder; readonly code: PromoCodeState } | null;
}

type Load = OrderDesk['runner']['load'];

interface Looking {
  /** May remember what it loaded while many orders are looked at at once. */
  readonly load?: Load;
  /** Whether the order is looked up in any case. */
  readonly isThorough?: boolean;
}

export async function look(
  desk: OrderDesk,
  request: OrderRequest,
  { load, isThorough = false }: Looking = {},
): Promise<Seen> {
  const from: Load = load ?? ((ref) => desk.runner.load(ref));
  const { sellerId, orderId, text } = request;
  const stream = orderStream(sellerId, orderId);
  const isPresumedNew = !isThorough && desk.newOrders.isPresumedNew(stream);
  const [known, programme, issued] = await Promise.all([
    isPresumedNew ? null : desk.runner.load({ decider: order, stream }),
    from(PROGRAMME),
    text === null ? null : from({ decider: issuedCode, stream: issuedCodeStream(text) }),
  ]);
  const isSettled = known !== null && known.state.status !== 'awaited';
  const holder = issued && holderOf(contentOf(request), issued.state);
  const seen = { request, isSettled, isPresumedNew, programme: programme.state };
  if (!holder) return { ...seen, way: null };
  const code = await from({ decider: promoCode, stream: promoCodeStream(holder.codeId) });
  return { ...seen, way: { holder, code: code.state } };
}
