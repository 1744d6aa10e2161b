// The state of one order, folded from its short stream: what its verdict was, what remains of each
// line, which refund ids are used, what is parked, whether it is confirmed and whether it is held.
// Refuses nothing: a stream that no decision can have written is a bug and throws.
import { withOrderClearsAt } from './clearing.ts';
import type {
  CommissionHeld,
  CommissionReleased,
  LineAmount,
  OrderAttributed,
  OrderEvent,
  OrderRefunded,
  OrderRejected,
  RefundCancelled,
  RefundParked,
  RefundRefused,
} from './order.events.ts';
import type { Verdict } from './promo-code.events.ts';
import { latest } from './time.ts';
import type { EventRef, Sha256, Timestamp } from './values.ts';

// State

type ParkedFact =
  | { readonly kind: 'refund'; readonly refund: RefundParked['data'] }
  | { readonly kind: 'confirmation'; readonly confirmedAt: Timestamp };

/** A refund id, used for ever. */
interface KnownRefund {
  readonly contentHash: Sha256;
  readonly status: 'parked' | 'applied' | 'refused' | 'cancelled';
  readonly occurredAt: Timestamp;
  /** Null when the order was not confirmed yet. */
  readonly clearsAt: Timestamp | null;
  /** What it took from each line; empty unless it was applied. */
  readonly spread: readonly LineAmount[];
}

interface Facts {
  /** In order of arrival. On an attributed order: those that its append had no room for. */
  readonly parked: readonly ParkedFact[];
  /** Stays when it has taken effect or is without effect: repeats are recognised by it. */
  readonly parkedConfirmation: Timestamp | null;
  /** By refund id; updated in place. */
  readonly refunds: Map<string, KnownRefund>;
}

/** Nothing is known of it but facts that came too early. */
export interface AwaitedOrder extends Facts {
  readonly status: 'awaited';
}

export interface RejectedOrder extends Facts {
  readonly status: 'rejected';
  readonly contentHash: Sha256;
  readonly reason: OrderRejected['data']['reason'];
  readonly codeId: string | null;
}

export interface RemainingLine {
  readonly eligible: boolean;
  readonly remaining: bigint;
}

interface Hold {
  /** The latest of the hold's own clearsAt and those of the postings made to held since. */
  readonly clearsAt: Timestamp;
}

export interface AttributedOrder extends Facts {
  readonly status: 'attributed' | 'invalidated';
  readonly contentHash: Sha256;
  readonly verdict: Verdict;
  readonly reservation: EventRef;
  /** By line id, in the order of the verdict's lines; updated in place. */
  readonly lines: Map<string, RemainingLine>;
  /** What remains of the eligible lines together. */
  readonly eligibleNet: bigint;
  readonly confirmedAt: Timestamp | null;
  /** From when on its commission may be stated: set by the confirmation, put off by a release. */
  readonly clearsAt: Timestamp | null;
  readonly hold: Hold | null;
  /** Of the last hold or release. */
  readonly holdChangedAt: Timestamp | null;
}

export type OrderState = AwaitedOrder | RejectedOrder | AttributedOrder;

export const awaitedOrder = (): AwaitedOrder => ({
  status: 'awaited',
  parked: [],
  parkedConfirmation: null,
  refunds: new Map(),
});

/** A copy to judge one fact after another on, without touching the state that was given. */
export function copyOf<S extends OrderState>(state: S): S {
  const refunds = new Map(state.refunds);
  return 'lines' in state
    ? { ...state, refunds, lines: new Map(state.lines) }
    : { ...state, refunds };
}

export function evolve(state: OrderState, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'OrderAttributed':
      return attributed(state, event.data);
    case 'OrderRejected': {
      const { contentHash, reason, codeId } = event.data;
      return { ...factsOf(state), status: 'rejected', contentHash, reason, codeId };
    }
    case 'RefundParked':
      return parkedRefund(state, event.data);
    case 'ConfirmationParked': {
      const confirmedAt = event.data.occurredAt;
      const parked = [...state.parked, { kind: 'confirmation', confirmedAt } as const];
      return { ...state, parked, parkedConfirmation: confirmedAt };
    }
    case 'RefundCancelled':
      return cancelled(state, event);
    default:
      return evolveAttributed(attributedOrder(state, event.type), event);
  }
}

type AttributedOnly = Exclude<
  OrderEvent['type'],
  'OrderAttributed' | 'OrderRejected' | 'RefundParked' | 'ConfirmationParked' | 'RefundCancelled'
>;

function evolveAttributed(
  state: AttributedOrder,
  event: Extract<OrderEvent, { type: AttributedOnly }>,
): AttributedOrder {
  switch (event.type) {
    case 'OrderConfirmed': {
      const { occurredAt: confirmedAt, clearsAt } = event.data;
      return withPosting({ ...state, confirmedAt, clearsAt }, event);
    }
    case 'OrderRefunded':
      return withPosting(changeLines(refunded(state, event), event.data.spread, -1n), event);
    case 'RefundRefused':
      return refunded(state, event);
    case 'OrderInvalidated': {
      for (const [lineId, line] of state.lines) state.lines.set(lineId, { ...line, remaining: 0n });
      return withPosting({ ...state, status: 'invalidated', eligibleNet: 0n }, event);
    }
    case 'CommissionHeld':
      return held(state, event.data);
    case 'CommissionReleased':
      return released(state, event.data);
  }
}

function attributed(state: OrderState, data: OrderAttributed['data']): AttributedOrder {
  const { verdict, reservation } = data;
  const lines = new Map<string, RemainingLine>();
  let eligibleNet = 0n;
  for (const line of verdict.lines) {
    const remaining = BigInt(line.paidMinor);
    lines.set(line.lineId, { eligible: line.eligible, remaining });
    if (line.eligible) eligibleNet += remaining;
  }
  return {
    status: 'attributed',
    contentHash: verdict.contentHash,
    verdict,
    reservation,
    lines,
    eligibleNet,
    confirmedAt: null,
    clearsAt: null,
    hold: null,
    holdChangedAt: null,
    ...factsOf(state),
    parked: withoutJudgedConfirmation(state.parked),
  };
}

function held(state: AttributedOrder, data: CommissionHeld['data']): AttributedOrder {
  const clearsAt = withOrderClearsAt(data.occurredAt, state.clearsAt);
  return { ...state, hold: { clearsAt }, holdChangedAt: data.occurredAt };
}

function released(state: AttributedOrder, data: CommissionReleased['data']): AttributedOrder {
  const { occurredAt: holdChangedAt, movement } = data;
  return { ...state, hold: null, holdChangedAt, clearsAt: movement?.clearsAt ?? state.clearsAt };
}

function parkedRefund(state: OrderState, refund: RefundParked['data']): OrderState {
  const { refundId, contentHash, occurredAt } = refund;
  state.refunds.set(refundId, {
    contentHash,
    status: 'parked',
    occurredAt,
    clearsAt: null,
    spread: [],
  });
  return { ...state, parked: [...state.parked, { kind: 'refund', refund }] };
}

function refunded(state: AttributedOrder, event: OrderRefunded | RefundRefused): AttributedOrder {
  const { refundId, contentHash, occurredAt } = event.data;
  const status = event.type === 'OrderRefunded' ? 'applied' : 'refused';
  const wasParked = state.parked.some((fact) => isRefund(fact, refundId));
  state.refunds.set(refundId, {
    contentHash,
    status,
    occurredAt,
    clearsAt: state.clearsAt === null ? null : withOrderClearsAt(occurredAt, state.clearsAt),
    spread: event.type === 'OrderRefunded' ? event.data.spread : [],
  });
  if (!wasParked) return state;
  const rest = state.parked.filter((fact) => !isRefund(fact, refundId));
  return { ...state, parked: withoutJudgedConfirmation(rest) };
}

function cancelled(state: OrderState, event: RefundCancelled): OrderState {
  const { refundId, restored } = event.data;
  const refund = state.refunds.get(refundId);
  if (!refund) throw new Error(`RefundCancelled names refund ${refundId}, which is unknown`);
  state.refunds.set(refundId, { ...refund, status: 'cancelled', spread: [] });
  const parked = state.parked.filter((fact) => !isRefund(fact, refundId));
  if (state.status === 'awaited' || state.status === 'rejected') return { ...state, parked };
  return withPosting(changeLines({ ...state, parked }, restored, 1n), event);
}

function changeLines(
  state: AttributedOrder,
  amounts: readonly LineAmount[],
  sign: 1n | -1n,
): AttributedOrder {
  let { eligibleNet } = state;
  for (const { lineId, amountMinor } of amounts) {
    const line = state.lines.get(lineId);
    if (!line) throw new Error(`the order has no line ${lineId}`);
    const change = sign * BigInt(amountMinor);
    state.lines.set(lineId, { ...line, remaining: line.remaining + change });
    if (line.eligible) eligibleNet += change;
  }
  return { ...state, eligibleNet };
}

/** A release clears no sooner than what was posted to held. */
function withPosting(
  state: AttributedOrder,
  event: { readonly data: { readonly movement?: { readonly clearsAt: Timestamp } | undefined } },
): AttributedOrder {
  const { hold } = state;
  const { movement } = event.data;
  if (hold === null || movement === undefined) return state;
  return { ...state, hold: { clearsAt: latest(hold.clearsAt, movement.clearsAt) } };
}

/** A confirmation is judged in the append of the fact before it, also when it has no effect. */
function withoutJudgedConfirmation(parked: readonly ParkedFact[]): readonly ParkedFact[] {
  return parked[0]?.kind === 'confirmation' ? parked.slice(1) : parked;
}

const isRefund = (fact: ParkedFact, refundId: string) =>
  fact.kind === 'refund' && fact.refund.refundId === refundId;

const factsOf = ({ parked, parkedConfirmation, refunds }: OrderState): Facts => ({
  parked,
  parkedConfirmation,
  refunds,
});

function attributedOrder(state: OrderState, type: string): AttributedOrder {
  if (state.status === 'attributed') return state;
  throw new Error(`${type} cannot follow on an order that is ${state.status}`);
}

/** About how many bytes the state holds. */
export function sizeOf(state: OrderState): number {
  const facts = 200 + state.refunds.size * 250 + state.parked.length * 400;
  return 'lines' in state ? facts + 800 + state.lines.size * 500 : facts;
}
