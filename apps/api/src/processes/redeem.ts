// One order is one redemption of one code. What the verdict rests on was looked at: reserve (the
// code's stream gives the verdict), attribute by copying it; or store why not. Reservations are
// enqueued in the order in which `redeem` is called: who has to keep an order of input calls it in
// that order.
import type { CommandContext } from '#ledger/command-context.ts';
import { accept, refuse } from '#ledger/decider.ts';
import { influencer, suspensionHold } from '#ledger/influencer.ts';
import { type Holder, issuedCode } from '#ledger/issued-code.ts';
import { unstorable } from '#ledger/limits.ts';
import { type OrderRejectionReason } from '#ledger/order.events.ts';
import { order, rejectOrder } from '#ledger/order.ts';
import type { OrderContent } from '#ledger/order-content.ts';
import type { RedemptionReserved } from '#ledger/promo-code.events.ts';
import { promoCode, type PromoCodeState } from '#ledger/promo-code.ts';
import { holderOf, judgeLines, reservationOf, reserveRedemption } from '#ledger/redemptions.ts';
import { seller } from '#ledger/seller.ts';
import {
  eventRef,
  influencerStream,
  issuedCodeStream,
  orderStream,
  promoCodeStream,
  sellerStream,
} from '#ledger/streams.ts';
import type { EventRef, Sha256 } from '#ledger/values.ts';
import type { AnyLoaded, AnyStreamRef, EventInStream } from '#event-store/transaction.ts';
import { type Answer, Refused } from '../http/answer.ts';
import { judgedOn } from '../related.ts';
import { finishRedemption, type Settled, settledOutcome } from './finish-redemption.ts';
import { look, type Seen } from './look.ts';
import { answerOf, type OrderAnswer } from './order-answer.ts';
import { type OrderDesk, withoutKey } from './order-desk.ts';
import {
  contentHashOf,
  contentOf,
  contentsWithoutCode,
  type OrderRequest,
} from './order-request.ts';

/** `before` is what the order's stream must hold first; a reservation does not wait for it. */
export async function redeem(
  desk: OrderDesk,
  seen: Seen,
  context: CommandContext,
  before?: Promise<void>,
): Promise<Answer<OrderAnswer>> {
  const { request, way } = seen;
  if (seen.isSettled) return answerSettled(desk, request, before);
  const { confirmedAt } = request;
  const refusal = unstorable(
    { content: contentOf(request), confirmedAt, now: context.now },
    seen.programme,
  );
  if (refusal && seen.isPresumedNew)
    return redeem(desk, await look(desk, request, { isThorough: true }), context, before);
  if (refusal) return new Refused(refusal);
  const judging = way ? reserve(desk, request, way, context) : doubt(desk, request, context);
  const judged = await judging;
  await before;
  if (judged === 'look_again') return redeem(desk, await look(desk, request), context);
  const settled =
    'reserved' in judged
      ? await finishRedemption(desk, judged.reserved, context, isNew(seen, judged))
      : await reject(desk, judged, context);
  const isAsAsked = contentOfOutcome(settled).contentHash === judged.contentHash;
  return isAsAsked ? answerOf(settled) : answerTo(desk, request, settled);
}

/** A verdict, a rejection with its reason, or that what was seen is no longer so. */
type Judged = Reserved | Rejection | 'look_again';

interface Reserved {
  readonly contentHash: Sha256;
  readonly isRepeat: boolean;
  readonly reserved: EventInStream<RedemptionReserved>;
}

interface Rejection {
  readonly contentHash: Sha256;
  readonly content: OrderContent;
  readonly reason: OrderRejectionReason;
  readonly code: PromoCodeState | null;
  readonly codeId: string | null;
  readonly judgedOn: readonly EventRef[];
}

/** An order that was reserved before is most likely attributed too. */
const isNew = ({ isPresumedNew }: Seen, { isRepeat }: Reserved) => isPresumedNew && !isRepeat;

async function reserve(
  desk: OrderDesk,
  request: OrderRequest,
  { holder, code }: NonNullable<Seen['way']>,
  context: CommandContext,
): Promise<Judged> {
  const { orderId, buyerId, confirmedAt, paidAt } = request;
  const content = contentOf(request, desk.buyerKeys, code);
  const contentHash = contentHashOf(content, confirmedAt);
  const command = {
    content,
    contentHash,
    holder,
    isSelfPurchase: buyerId !== undefined && isHeldBy(buyerId, holder),
    ...(confirmedAt !== undefined && { confirmation: { confirmedAt } }),
    now: context.now,
  };
  const stream = promoCodeStream(holder.codeId);
  const related = relatedTo(holder);
  let basis: EventRef[] = [];
  let judgedCode = code;
  const told = await desk.runner.transact({
    decider: promoCode,
    stream,
    related,
    context: withoutKey(context),
    decide: (state, loaded) => {
      const [issued, sellerOf, ...holders] = loaded as [AnyLoaded, AnyLoaded, ...AnyLoaded[]];
      basis = judgedOn(streamsOf(related), loaded);
      judgedCode = state;
      const now = holderOf(content, issued.state);
      if (now?.promoterId !== holder.promoterId) return refuse('holder_must_be_current');
      const hold = suspensionHold(paidAt, ...holders.map((each) => each.state));
      return reserveRedemption({ ...command, hold, judgedOn: basis }, state, {
        seller: sellerOf.state,
      });
    },
  });
  if (told.outcome === 'refused') {
    const reason = told.refusal.refused;
    if (reason === 'holder_must_be_current') return 'look_again';
    if (reason === 'idempotency_key_must_not_be_reused') throw new Error('an order claims no key');
    // The code as the verdict saw it: its limits may have been reached since it was looked at.
    const ownRef = judgedCode.status === 'existing' ? [eventRef(stream, judgedCode.revision)] : [];
    const asked = { content, contentHash, code: judgedCode, codeId: holder.codeId };
    return { ...asked, reason, judgedOn: [...basis, ...ownRef] };
  }
  const [reserved] = told.events;
  return {
    contentHash,
    isRepeat: reserved === undefined,
    reserved: reserved ?? (await reservedBefore(desk, stream, told.state, orderId)),
  };
}

async function reservedBefore(
  { log }: OrderDesk,
  stream: string,
  code: PromoCodeState,
  orderId: string,
): Promise<EventInStream<RedemptionReserved>> {
  const from = reservationOf(code, orderId);
  if (from !== undefined) {
    const [event] = await log.readStream(stream, { from, limit: 1 });
    if (event?.type === 'RedemptionReserved') return event as EventInStream<RedemptionReserved>;
  }
  throw new Error(`${stream} does not hold the reservation of ${orderId} that it knows`);
}

/** Before a text is said to lead nowhere, its stream is read to its end. */
async function doubt(
  desk: OrderDesk,
  request: OrderRequest,
  context: CommandContext,
): Promise<Judged> {
  const content = contentOf(request, desk.buyerKeys, null);
  const contentHash = contentHashOf(content, request.confirmedAt);
  const unknown = {
    content,
    contentHash,
    reason: 'unknown_code',
    code: null,
    codeId: null,
  } as const;
  if (request.text === null) return { ...unknown, judgedOn: [] };
  const ref = { decider: issuedCode, stream: issuedCodeStream(request.text) };
  const told = await desk.runner.transact({
    ...ref,
    context: withoutKey(context),
    decide: (state) => (holderOf(content, state) ? accept() : refuse('text_must_lead_to_a_code')),
  });
  if (told.outcome !== 'refused') return 'look_again';
  return { ...unknown, judgedOn: judgedOn([ref.stream], [await desk.runner.load(ref)]) };
}

async function reject(
  desk: OrderDesk,
  { content, contentHash, reason, code, codeId, judgedOn }: Rejection,
  context: CommandContext,
): Promise<Settled> {
  const rejection = {
    ...content,
    lines: judgeLines(content.lines, code?.status === 'existing' ? code : null),
    ...{ reason, codeId, contentHash, judgedOn: [...judgedOn], occurredAt: context.now },
  };
  const stream = orderStream(content.sellerId, content.orderId);
  const told = await desk.runner.transact({
    decider: order,
    stream,
    context: withoutKey(context),
    decide: (state) => rejectOrder(rejection, state),
  });
  if (told.outcome !== 'stored') return settledOutcome(desk, stream);
  const [event] = told.events;
  if (!event) throw new Error(`${stream}: a rejection was stored as nothing`);
  return { event, position: told.position, isRepeat: false };
}

/** The order has its outcome: the first answer, if this is the same order. */
async function answerSettled(
  desk: OrderDesk,
  request: OrderRequest,
  before: Promise<void> | undefined,
): Promise<Answer<OrderAnswer>> {
  await before;
  const stream = orderStream(request.sellerId, request.orderId);
  return answerTo(desk, request, await settledOutcome(desk, stream));
}

/** Compared under the key that the outcome was stored under. */
async function answerTo(
  desk: OrderDesk,
  request: OrderRequest,
  settled: Settled,
): Promise<Answer<OrderAnswer>> {
  const { codeId, contentHash } = contentOfOutcome(settled);
  const asked =
    codeId === null
      ? contentsWithoutCode(request, desk.buyerKeys)
      : [contentOf(request, desk.buyerKeys, await codeOf(desk, codeId))];
  if (asked.some((content) => contentHashOf(content, request.confirmedAt) === contentHash))
    return answerOf(settled);
  const event = eventRef(settled.event.stream, settled.event.revision);
  return new Refused(refuse('order_must_not_change', { event, contentHash }));
}

async function codeOf({ runner }: OrderDesk, codeId: string): Promise<PromoCodeState> {
  const { state } = await runner.load({ decider: promoCode, stream: promoCodeStream(codeId) });
  return state;
}

function contentOfOutcome({ event: { type, data } }: Settled) {
  return type === 'OrderAttributed' ? data.verdict : data;
}

const isHeldBy = (id: string, { payeeId, promoterId }: Holder) =>
  id === payeeId || id === promoterId;

/** In the order in which the decision takes them. */
function relatedTo({ text, sellerId, payeeId, promoterId }: Holder): readonly AnyStreamRef[] {
  const related: AnyStreamRef[] = [
    { decider: issuedCode, stream: issuedCodeStream(text) },
    { decider: seller, stream: sellerStream(sellerId) },
    { decider: influencer, stream: influencerStream(payeeId) },
  ];
  if (promoterId !== null)
    related.push({ decider: influencer, stream: influencerStream(promoterId) });
  return related;
}

const streamsOf = (related: readonly AnyStreamRef[]) => related.map(({ stream }) => stream);
