// Decisions on `promoCode-{id}` about uses. Reserving is the verdict on an order: everything is
// judged at `paidAt`, the limits in the order of the log, and the first reason in the order of
// OrderRejectionReason is the answer. Releasing gives a use back once the order settled elsewhere.
import { pinned, planAt } from './affiliate.ts';
import { accept, refuse, type Decision, type Refusal } from './decider.ts';
import { holderAt, type Holder, type IssuedCodeState } from './issued-code.ts';
import { wasSoAt } from './interval.ts';
import type {
  Confirmation,
  HoldReason,
  JudgedLine,
  OrderContent,
  OrderLine,
} from './order-content.ts';
import type { OrderRejectionReason } from './order.events.ts';
import type { RedemptionReleased, RedemptionReserved } from './promo-code.events.ts';
import type { ExistingCode, PromoCodeState } from './promo-code.ts';
import { isReleased, revisionOf, usesBy, usesInAll } from './redemption-index.ts';
import { earned } from './reward.ts';
import { isEnrolledAt, type SellerState } from './seller.ts';
import { eventRef, promoCodeStream } from './streams.ts';
import type { EventRef, Id, Sha256, Timestamp } from './values.ts';

/**
 * To whom an order's text led when it was paid; null is `unknown_code`, the first reason of all: no
 * text, never issued, another seller's, not issued yet, revoked. It needs no code to be judged on.
 */
export function holderOf(content: OrderContent, issued: IssuedCodeState): Holder | null {
  if (content.text === null) return null;
  const holder = holderAt(issued, content.paidAt);
  return holder?.sellerId === content.sellerId ? holder : null;
}

/** The lines as a verdict or a rejection stores them; without a code no line is eligible. */
export function judgeLines(
  lines: readonly OrderLine[],
  code: Pick<ExistingCode, 'rules' | 'products'> | null,
): JudgedLine[] {
  const isStorewide = code?.rules.codeType === 'storewide';
  return lines.map(({ lineId, productId, quantity, listMinor, paidMinor }) => {
    const eligible = isStorewide || (code?.products.has(productId) ?? false);
    return { lineId, productId, quantity, listMinor, paidMinor, eligible };
  });
}

/**
 * The revision of the order's reservation, also when it was released. Whoever was told that
 * reserving changed nothing reads the event there, finishes it, and only then compares content.
 */
export function reservationOf(state: PromoCodeState, orderId: Id): number | undefined {
  return state.status === 'absent' ? undefined : revisionOf(state.redemptions, orderId);
}

export interface ReserveRedemption {
  readonly content: OrderContent;
  readonly contentHash: Sha256;
  /** From `holderOf`, at `paidAt`. */
  readonly holder: Holder;
  /** The buyer is the payee or the promoter: compared before the buyer's id was hashed. */
  readonly isSelfPurchase: boolean;
  readonly confirmation?: Confirmation | undefined;
  /** From `suspensionHold`, at `paidAt`. */
  readonly hold?: HoldReason | undefined;
  /** The other streams that the verdict rests on. */
  readonly judgedOn: readonly EventRef[];
  readonly now: Timestamp;
}

export function reserveRedemption(
  command: ReserveRedemption,
  state: PromoCodeState,
  { seller }: { readonly seller: SellerState },
): Decision<RedemptionReserved, OrderRejectionReason> {
  const { content, holder } = command;
  const { codeId } = holder;
  if (reservationOf(state, content.orderId) !== undefined) return accept();
  if (state.status === 'absent' || state.sellerId !== content.sellerId)
    return refuse('unknown_code', { codeId });
  if (!isEnrolledAt(seller, content.paidAt))
    return refuse('seller_not_enrolled', { sellerId: content.sellerId });
  if (content.currency !== state.rules.currency)
    return refuse('currency_differs', { codeId, currency: state.rules.currency });
  const unusable = refusedAt(content.paidAt, state);
  if (unusable) return unusable;
  const lines = judgeLines(content.lines, state);
  const eligible = lines.filter((line) => line.eligible);
  if (eligible.length === 0) return refuse('no_eligible_product', { codeId });
  const spentMinor = eligible.reduce((sum, { listMinor }) => sum + BigInt(listMinor), 0n);
  const { minimumSpendMinor } = state.rules;
  if (spentMinor < BigInt(minimumSpendMinor))
    return refuse('below_minimum_spend', {
      codeId,
      spentMinor: String(spentMinor),
      minimumSpendMinor,
    });
  if (command.isSelfPurchase) return refuse('self_purchase', { codeId });
  const exhausted = refusedByLimits(content, state);
  if (exhausted) return exhausted;
  return accept(reserved(command, state, lines));
}

/** What the code's own times say about an order paid at `paidAt`. */
function refusedAt(
  paidAt: Timestamp,
  { codeId, rules, closed, paused, affiliate }: ExistingCode,
): Refusal<OrderRejectionReason> | undefined {
  const { redeemableFrom, redeemableUntil } = rules;
  if (paidAt < redeemableFrom || paidAt > redeemableUntil)
    return refuse('outside_redemption_window', { codeId, redeemableFrom, redeemableUntil });
  if (closed && paidAt >= closed.at) return refuse('code_closed', { codeId, closedAt: closed.at });
  if (wasSoAt(paused, paidAt)) return refuse('code_paused', { codeId });
  if (!wasSoAt(affiliate, paidAt)) return refuse('affiliate_switch_off', { codeId });
  return undefined;
}

function refusedByLimits(
  { buyer }: OrderContent,
  { codeId, rules, redemptions }: ExistingCode,
): Refusal<OrderRejectionReason> | undefined {
  const { totalLimit, perBuyerLimit } = rules;
  if (perBuyerLimit !== null && buyer === undefined) return refuse('buyer_missing', { codeId });
  if (totalLimit !== null && usesInAll(redemptions) >= totalLimit)
    return refuse('total_limit_reached', { codeId, totalLimit });
  if (perBuyerLimit !== null && buyer !== undefined && usesBy(redemptions, buyer) >= perBuyerLimit)
    return refuse('buyer_limit_reached', { codeId, perBuyerLimit });
  return undefined;
}

function reserved(
  { content, contentHash, holder, confirmation, hold, judgedOn, now }: ReserveRedemption,
  code: ExistingCode,
  lines: JudgedLine[],
): RedemptionReserved {
  const plan = planAt(code.plans, content.paidAt);
  if (!plan) throw new Error(`${code.codeId}: the switch was on and no reward plan in force`);
  const eligible = lines.filter((line) => line.eligible);
  const commission = earned(
    pinned(plan),
    eligible.map(({ paidMinor }) => BigInt(paidMinor)),
  );
  const { sellerId, orderId, buyer, paidAt, currency } = content;
  const { codeId, taskId, text, payeeId, promoterId } = holder;
  const verdict = {
    ...{ sellerId, orderId, codeId, taskId, text, payeeId, promoterId },
    ...(buyer === undefined ? {} : { buyer }),
    ...{ paidAt, currency, lines, plan: pinned(plan), commissionMinor: String(commission) },
    ...(confirmation ? { confirmation } : {}),
    ...(hold ? { hold } : {}),
    ...{ contentHash, judgedOn: [...judgedOn] },
  };
  return { type: 'RedemptionReserved', data: { verdict, occurredAt: now } };
}

export interface ReleaseRedemption {
  readonly codeId: Id;
  readonly orderId: Id;
  readonly reservation: EventRef;
  /** The rejection, or the attribution to another reservation, in the order's stream. */
  readonly settledBy: EventRef;
  readonly now: Timestamp;
}

export type ReleaseRedemptionRefusal = 'reservation_must_exist';

/** Only for an order whose stream names another outcome; no timeout ever releases. */
export function releaseRedemption(
  { codeId, orderId, reservation, settledBy, now }: ReleaseRedemption,
  state: PromoCodeState,
): Decision<RedemptionReleased, ReleaseRedemptionRefusal> {
  if (state.status === 'absent') return refuse('reservation_must_exist', { codeId, orderId });
  const revision = revisionOf(state.redemptions, orderId);
  if (revision === undefined || eventRef(promoCodeStream(codeId), revision) !== reservation)
    return refuse('reservation_must_exist', { codeId, orderId, reservation });
  if (isReleased(state.redemptions, orderId)) return accept();
  const data = { codeId, orderId, reservation, settledBy, occurredAt: now };
  return accept({ type: 'RedemptionReleased', data });
}
