// The row of one order: what its outcome makes of it, and what later facts change in it. All sums
// are over bigint; an estimate is what the pinned plan earns on what remains of the eligible lines.
import type { EventOf, Recorded } from '#ledger/events.ts';
import type { LineAmount, Movement } from '#ledger/order.events.ts';
import type { JudgedLine } from '#ledger/order-content.ts';
import { earned, type PinnedPlan } from '#ledger/reward.ts';
import type { OrderLineState, OrderRow } from './tables.ts';

const NO_OUTCOME = {
  rejectedReason: null,
  invalidatedReason: null,
  text: null,
  codeId: null,
  taskId: null,
  payeeId: null,
  promoterId: null,
  currency: null,
  paidAt: null,
  confirmedAt: null,
  clearsAt: null,
  held: 0,
  heldReason: null,
  paidMinor: '0',
  remainingMinor: '0',
  estimatedMinor: '0',
  earnedMinor: '0',
  plan: null,
  lines: '[]',
} as const;

export function awaitedOrder(
  event: EventOf<'RefundParked' | 'ConfirmationParked'> & Recorded,
): OrderRow {
  const { sellerId, orderId } = event.data;
  return { ...NO_OUTCOME, sellerId, orderId, status: 'awaited', logIndex: event.logIndex };
}

export function attributedOrder({
  data: { verdict },
  logIndex,
}: EventOf<'OrderAttributed'> & Recorded): OrderRow {
  const { sellerId, orderId, text, codeId, taskId, payeeId, promoterId, currency, paidAt } =
    verdict;
  return {
    ...NO_OUTCOME,
    sellerId,
    orderId,
    status: 'attributed',
    text,
    codeId,
    taskId,
    payeeId,
    promoterId,
    currency,
    paidAt,
    ...linesAsPaid(verdict.lines),
    estimatedMinor: verdict.commissionMinor,
    plan: JSON.stringify(verdict.plan),
    logIndex,
  };
}

export function rejectedOrder({ data, logIndex }: EventOf<'OrderRejected'> & Recorded): OrderRow {
  const { sellerId, orderId, text, codeId, currency, paidAt, reason } = data;
  return {
    ...NO_OUTCOME,
    sellerId,
    orderId,
    status: 'rejected',
    rejectedReason: reason,
    text,
    codeId,
    currency,
    paidAt,
    ...linesAsPaid(data.lines),
    logIndex,
  };
}

function linesAsPaid(judged: readonly JudgedLine[]) {
  let paid = 0n;
  const lines = judged.map((line): OrderLineState => {
    paid += BigInt(line.paidMinor);
    return { ...line, remainingMinor: line.paidMinor };
  });
  const paidMinor = paid.toString();
  return { paidMinor, remainingMinor: paidMinor, lines: JSON.stringify(lines) };
}

/** A refund takes amounts from lines (-1n), a cancellation gives them back (1n). */
export function withLinesChanged(
  row: OrderRow,
  amounts: readonly LineAmount[],
  sign: 1n | -1n,
): OrderRow {
  const changes = new Map<string, bigint>();
  for (const { lineId, amountMinor } of amounts)
    changes.set(lineId, (changes.get(lineId) ?? 0n) + sign * BigInt(amountMinor));
  const lines = linesOf(row).map((line) => {
    const remaining = BigInt(line.remainingMinor) + (changes.get(line.lineId) ?? 0n);
    return { ...line, remainingMinor: remaining.toString() };
  });
  return withLines(row, lines);
}

export function withNothingRemaining(row: OrderRow): OrderRow {
  return withLines(
    row,
    linesOf(row).map((line) => ({ ...line, remainingMinor: '0' })),
  );
}

function withLines(row: OrderRow, lines: readonly OrderLineState[]): OrderRow {
  let remaining = 0n;
  for (const line of lines) remaining += BigInt(line.remainingMinor);
  return {
    ...row,
    remainingMinor: remaining.toString(),
    estimatedMinor: row.confirmedAt === null ? estimated(row, lines) : '0',
    lines: JSON.stringify(lines),
  };
}

function estimated({ plan }: OrderRow, lines: readonly OrderLineState[]): string {
  if (plan === null) return '0';
  const eligible = lines.filter((line) => line.eligible).map((line) => BigInt(line.remainingMinor));
  return earned(JSON.parse(plan) as PinnedPlan, eligible).toString();
}

/** Holds and releases move what is earned between accounts: they are not for here. */
export function withEarned(row: OrderRow, movement: Movement | undefined): OrderRow {
  if (movement === undefined) return row;
  const earnedMinor = BigInt(row.earnedMinor) + BigInt(movement.amountMinor);
  return { ...row, earnedMinor: earnedMinor.toString() };
}

const linesOf = (row: OrderRow) => JSON.parse(row.lines) as readonly OrderLineState[];
