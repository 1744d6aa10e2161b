// Why each amount of an order is what it is, told from its own stream: the verdict and its plan,
// every step with its arithmetic and the derivation of its clearsAt, what waits or stayed without
// effect, and where its money stands now. JSON values only; decides nothing.
import type { EventOf, LedgerEvent, Recorded } from './events.ts';
import type { Metadata } from './metadata.ts';
import { explainClearing } from './explain-clearing.ts';
import type { ClearingExplanation } from './explain-clearing.ts';
import { earnedOnNet, explainMovement } from './explain-movement.ts';
import type { EarnedOnNet, MovementExplanation } from './explain-movement.ts';
import { earnedOn } from './movement.ts';
import { awaitedOrder, evolve } from './order-state.ts';
import type { AttributedOrder, OrderState, RejectedOrder } from './order-state.ts';
import { OrderEvent } from './order.events.ts';
import { postings } from './postings.ts';
import type { Verdict } from './promo-code.events.ts';
import { eventRef } from './streams.ts';
import { toSignedMinor } from './values.ts';
import type { AmountMinor, SignedMinor, Timestamp } from './values.ts';

interface PostedAmount {
  readonly account: string;
  readonly currency: string;
  readonly amountMinor: SignedMinor;
}

interface ExplainedLine {
  readonly lineId: string;
  readonly productId: string;
  readonly eligible: boolean;
  readonly paidMinor: AmountMinor;
  readonly remainingMinor: AmountMinor;
  /** What the line earns on what remains; null for a fixed fee and for lines that earn nothing. */
  readonly earns: EarnedOnNet | null;
}

interface AttributionExplanation {
  readonly verdict: Omit<Verdict, 'lines'>;
  readonly reservation: string;
  /** Since when the pinned plan version is in force; null when its event was not given. */
  readonly planInForceSince: Timestamp | null;
  readonly lines: readonly ExplainedLine[];
  /** What remains of the eligible lines together. */
  readonly eligibleNetMinor: SignedMinor;
  /** What the order earns on that under the pinned plan: an estimate until it is confirmed. */
  readonly earnsMinor: SignedMinor;
  readonly isConfirmed: boolean;
  readonly isHeld: boolean;
  readonly clearsAt: Timestamp | null;
}

interface ParkedExplanation {
  readonly event: string;
  readonly kind: 'refund' | 'confirmation';
  readonly refundId: string | null;
  readonly occurredAt: Timestamp;
  readonly effect: 'waits' | 'took_effect' | 'refused' | 'cancelled' | 'without_effect';
}

export interface StepExplanation {
  readonly event: string;
  readonly type: OrderEvent['type'];
  readonly occurredAt: Timestamp;
  readonly recordedAt: Timestamp;
  readonly actor: string;
  /** What the event says beside its movement; of an attribution see `attribution`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly movement: MovementExplanation | null;
  readonly clearing: ClearingExplanation | null;
  readonly postings: readonly PostedAmount[];
}

export interface OrderExplanation {
  readonly status: OrderState['status'];
  readonly rejection: Pick<RejectedOrder, 'reason' | 'codeId'> | null;
  readonly attribution: AttributionExplanation | null;
  readonly steps: readonly StepExplanation[];
  readonly parked: readonly ParkedExplanation[];
  /** What the order's own events left on each account. */
  readonly balances: readonly PostedAmount[];
}

/** An event as a stream gives it: its place in the log does not matter here. */
export type ExplainedEvent = LedgerEvent &
  Omit<Recorded, 'logIndex'> & { readonly metadata: Metadata };
type ExplainedOrderEvent = Extract<ExplainedEvent, OrderEvent>;

/**
 * `events` are those of the order's stream from its start, in order. Changes of its code's plan may
 * stand among them: they tell since when the pinned version is in force.
 */
export function explainOrder(events: readonly ExplainedEvent[]): OrderExplanation {
  const steps: StepExplanation[] = [];
  let state: OrderState = awaitedOrder();
  for (const event of events.filter(isOrderEvent)) {
    steps.push(explainStep(event, state));
    state = evolve(state, event);
  }
  return {
    status: state.status,
    rejection: state.status === 'rejected' ? { reason: state.reason, codeId: state.codeId } : null,
    attribution: 'verdict' in state ? explainAttribution(state, events) : null,
    steps,
    parked: events.flatMap((event) => explainParked(event, state)),
    balances: balancesOf(steps),
  };
}

const ORDER_EVENTS = new Set<string>(OrderEvent.options.map((option) => option.shape.type.value));

const isOrderEvent = (event: ExplainedEvent): event is ExplainedOrderEvent =>
  ORDER_EVENTS.has(event.type);

function explainStep(event: ExplainedOrderEvent, before: OrderState): StepExplanation {
  const { movement, ...details } = { movement: undefined, ...event.data };
  return {
    event: eventRef(event.stream, event.revision),
    type: event.type,
    occurredAt: event.data.occurredAt,
    recordedAt: event.metadata.recordedAt,
    actor: event.metadata.actor,
    details: event.type === 'OrderAttributed' ? {} : details,
    movement: movement ? explainMovement(movement) : null,
    clearing: explainClearing(event, before),
    postings: postings(event).map(({ account, currency, amountMinor }) => ({
      account,
      currency,
      amountMinor: toSignedMinor(amountMinor),
    })),
  };
}

function explainAttribution(
  state: AttributedOrder,
  events: readonly ExplainedEvent[],
): AttributionExplanation {
  const { lines, ...verdict } = state.verdict;
  const plan = events.find(
    (event): event is ExplainedEvent & EventOf<'RewardPlanChanged'> =>
      event.type === 'RewardPlanChanged' &&
      event.data.codeId === verdict.codeId &&
      event.data.version === verdict.plan.version,
  );
  return {
    verdict,
    reservation: state.reservation,
    planInForceSince: plan?.data.effectiveFrom ?? null,
    lines: lines.map((line) => explainLine(line, state)),
    eligibleNetMinor: toSignedMinor(state.eligibleNet),
    earnsMinor: toSignedMinor(earnedOn(state)),
    isConfirmed: state.confirmedAt !== null,
    isHeld: state.hold !== null,
    clearsAt: state.clearsAt,
  };
}

function explainLine(
  { lineId, productId, eligible, paidMinor }: Verdict['lines'][number],
  { lines, verdict: { plan } }: AttributedOrder,
): ExplainedLine {
  const remainingMinor = (lines.get(lineId)?.remaining ?? 0n).toString();
  const earns = eligible && plan.kind === 'rate' ? earnedOnNet(remainingMinor, plan) : null;
  return { lineId, productId, eligible, paidMinor, remainingMinor, earns };
}

function explainParked(event: ExplainedEvent, state: OrderState): readonly ParkedExplanation[] {
  if (event.type !== 'RefundParked' && event.type !== 'ConfirmationParked') return [];
  const { occurredAt } = event.data;
  const ref = eventRef(event.stream, event.revision);
  if (event.type === 'ConfirmationParked') {
    const effect = effectOfConfirmation(occurredAt, state);
    return [{ event: ref, kind: 'confirmation', refundId: null, occurredAt, effect }];
  }
  const { refundId } = event.data;
  const effect = effectOfRefund(refundId, state);
  return [{ event: ref, kind: 'refund', refundId, occurredAt, effect }];
}

function effectOfConfirmation(
  confirmedAt: Timestamp,
  state: OrderState,
): ParkedExplanation['effect'] {
  const waits = state.parked.some((fact) => fact.kind === 'confirmation');
  if (waits && state.status !== 'rejected') return 'waits';
  const counts = 'confirmedAt' in state && state.confirmedAt === confirmedAt;
  return counts ? 'took_effect' : 'without_effect';
}

function effectOfRefund(refundId: string, state: OrderState): ParkedExplanation['effect'] {
  const status = state.refunds.get(refundId)?.status;
  if (status === 'applied') return 'took_effect';
  if (status === 'refused' || status === 'cancelled') return status;
  return state.status === 'rejected' ? 'without_effect' : 'waits';
}

function balancesOf(steps: readonly StepExplanation[]): readonly PostedAmount[] {
  const balances = new Map<string, { readonly posted: PostedAmount; readonly sum: bigint }>();
  for (const posted of steps.flatMap((step) => step.postings)) {
    const key = `${posted.account} ${posted.currency}`;
    const sum = (balances.get(key)?.sum ?? 0n) + BigInt(posted.amountMinor);
    balances.set(key, { posted, sum });
  }
  return [...balances.values()].map(({ posted, sum }) => ({
    account: posted.account,
    currency: posted.currency,
    amountMinor: toSignedMinor(sum),
  }));
}
