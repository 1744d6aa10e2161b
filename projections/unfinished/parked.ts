// Which orders have an outcome by attribution and yet refunds that were parked before it and are
// not judged: their order's append had no room for them.
import type { Recorded, EventOf } from '#ledger/events.ts';
import { change, type Rows } from '#read-store/projection.ts';
import { hint } from './hint.ts';
import { parkedOrders, unfinished } from './tables.ts';

export function refundParked(
  rows: Rows,
  { stream, data, logIndex }: EventOf<'RefundParked'> & Recorded,
): void {
  const before = rows.get(parkedOrders, stream);
  const refundIds = before === undefined ? [] : (JSON.parse(before.refundIds) as string[]);
  rows.put(parkedOrders, {
    order: stream,
    isAttributed: 0,
    refundIds: JSON.stringify([...refundIds, data.refundId]),
    logIndex: before?.logIndex ?? logIndex,
  });
}

/** Nothing can be parked for the first event of a stream: the hot path reads no row. */
export function orderAttributed(
  rows: Rows,
  { stream, revision, data }: EventOf<'OrderAttributed'> & Recorded,
): void {
  if (revision === 0) return;
  const { sellerId, orderId } = data.verdict;
  change(rows, parkedOrders, [stream], { isAttributed: 1 });
  putHint(rows, stream, { sellerId, orderId });
}

/** Parked facts of a rejected order stay without effect. */
export function orderRejected(rows: Rows, { stream, revision }: Recorded): void {
  if (revision > 0) rows.delete(parkedOrders, stream);
}

/** Applied, refused or cancelled: if it was parked, it no longer is. */
export function refundJudged(
  rows: Rows,
  { stream, data }: EventOf<'OrderRefunded' | 'RefundRefused' | 'RefundCancelled'> & Recorded,
): void {
  const row = rows.get(parkedOrders, stream);
  if (row === undefined) return;
  const rest = (JSON.parse(row.refundIds) as string[]).filter((id) => id !== data.refundId);
  if (rest.length === 0) rows.delete(parkedOrders, stream);
  else rows.put(parkedOrders, { ...row, refundIds: JSON.stringify(rest) });
  putHint(rows, stream, data);
}

function putHint(
  rows: Rows,
  order: string,
  { sellerId, orderId }: { readonly sellerId: string; readonly orderId: string },
): void {
  const row = rows.get(parkedOrders, order);
  if (row?.isAttributed !== 1) return rows.delete(unfinished, 'parked_facts', order);
  const missing = (JSON.parse(row.refundIds) as string[]).length;
  rows.put(unfinished, hint('parked_facts', order, row.logIndex, { sellerId, orderId, missing }));
}
