// An order as it was asked for, with the buyer in the clear, and the content that the ledger keeps
// of it, with the buyer replaced. The one place where a buyer's id is read.
import { hash } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { OrderContent, OrderLine } from '#ledger/order-content.ts';
import type { PromoCodeState } from '#ledger/promo-code.ts';
import type { CodeText, CurrencyCode, Id, Sha256, Timestamp } from '#ledger/values.ts';
import type { BuyerKeys } from '../buyer-keys.ts';

export interface OrderRequest {
  readonly sellerId: Id;
  readonly orderId: Id;
  /** Null when what was typed cannot be a code. */
  readonly text: CodeText | null;
  readonly currency: CurrencyCode;
  readonly paidAt: Timestamp;
  /** In the clear: it gets no further than this and the comparison with payee and promoter. */
  readonly buyerId?: string | undefined;
  readonly lines: OrderLine[];
  readonly confirmedAt?: Timestamp | undefined;
}

/** Without the buyer, for what does not look at one. */
export function contentOf(request: OrderRequest): OrderContent;
/**
 * The buyer is hashed with the key that the code pins, or the current one where there is no
 * code.
 */
export function contentOf(
  request: OrderRequest,
  keys: BuyerKeys,
  code: PromoCodeState | null,
): OrderContent;
export function contentOf(
  { sellerId, orderId, text, currency, paidAt, buyerId, lines }: OrderRequest,
  keys?: BuyerKeys,
  code?: PromoCodeState | null,
): OrderContent {
  const content = { sellerId, orderId, text, currency, paidAt, lines };
  if (buyerId === undefined || !keys) return content;
  const keyId = code?.status === 'existing' ? code.buyerKeyId : keys.currentKeyId;
  return { ...content, buyer: keys.keyed(buyerId, keyId) };
}

/** As an order that led to no code may have been hashed: with the key that was current then. */
export function contentsWithoutCode(request: OrderRequest, keys: BuyerKeys): OrderContent[] {
  const content = contentOf(request);
  const { buyerId } = request;
  if (buyerId === undefined) return [content];
  return keys.keyIds.map((keyId) => ({ ...content, buyer: keys.keyed(buyerId, keyId) }));
}

/**
 * The same order is told from another by it: its content and the confirmation that came with
 * it.
 */
export function contentHashOf(content: OrderContent, confirmedAt: Timestamp | undefined): Sha256 {
  const said = confirmedAt === undefined ? content : { ...content, confirmedAt };
  return hash('sha256', canonicalJson(said), 'hex');
}
