// What orders add up to, per code and per payee: adjusted by the difference that an event makes to
// one order's row, so that the sums always say what the rows say.
import type { Rows } from '#read-store/projection.ts';
import { codeTotals, payeeEstimates, type CodeTotalsRow, type OrderRow } from './tables.ts';

/** `before` is undefined when the order has just been attributed. */
export function adjustTotals(rows: Rows, before: OrderRow | undefined, after: OrderRow): void {
  if (after.codeId === null || after.payeeId === null || after.currency === null) return;
  const estimateChange = difference(before?.estimatedMinor, after.estimatedMinor);
  const totals = rows.get(codeTotals, after.codeId) ?? noTotals(after.codeId, after);
  rows.put(codeTotals, {
    ...totals,
    attributedOrders: totals.attributedOrders + (before === undefined ? 1 : 0),
    salesMinor: sum(totals.salesMinor, difference(before?.paidMinor, after.paidMinor)),
    remainingMinor: sum(
      totals.remainingMinor,
      difference(before?.remainingMinor, after.remainingMinor),
    ),
    estimatedMinor: sum(totals.estimatedMinor, estimateChange),
    earnedMinor: sum(totals.earnedMinor, difference(before?.earnedMinor, after.earnedMinor)),
  });
  if (estimateChange === 0n) return;
  const { payeeId, currency } = after;
  const row = rows.get(payeeEstimates, payeeId, currency);
  const counted = isEstimate(before) ? 1 : 0;
  rows.put(payeeEstimates, {
    payeeId,
    currency,
    orders: (row?.orders ?? 0) + (isEstimate(after) ? 1 : 0) - counted,
    estimatedMinor: sum(row?.estimatedMinor ?? '0', estimateChange),
  });
}

/** A reservation counts against the total limit until it is released. */
export function countUse(
  rows: Rows,
  code: { readonly codeId: string; readonly sellerId: string; readonly currency: string },
): void {
  const totals = rows.get(codeTotals, code.codeId) ?? noTotals(code.codeId, code);
  rows.put(codeTotals, { ...totals, uses: totals.uses + 1 });
}

export function uncountUse(rows: Rows, codeId: string): void {
  const totals = rows.get(codeTotals, codeId);
  if (totals !== undefined) rows.put(codeTotals, { ...totals, uses: totals.uses - 1 });
}

function noTotals(
  codeId: string,
  { sellerId, currency }: { readonly sellerId: string; readonly currency: string | null },
): CodeTotalsRow {
  return {
    codeId,
    sellerId,
    currency: currency ?? '',
    uses: 0,
    attributedOrders: 0,
    salesMinor: '0',
    remainingMinor: '0',
    estimatedMinor: '0',
    earnedMinor: '0',
  };
}

const isEstimate = (row: OrderRow | undefined) => row !== undefined && row.estimatedMinor !== '0';

/** Most events leave most sums as they are: those cost no arithmetic. */
function difference(before: string | undefined, after: string): bigint {
  return before === after ? 0n : BigInt(after) - BigInt(before ?? 0);
}

function sum(total: string, change: bigint): string {
  return change === 0n ? total : (BigInt(total) + change).toString();
}
