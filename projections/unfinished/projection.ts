// What is begun and not finished: where process managers look first after a crash. Hints only: what
// is to be done they decide from the streams.
import type { EventOf, Recorded } from '#ledger/events.ts';
import { applicationStream, eventRef } from '#ledger/streams.ts';
import { projection, type Rows } from '#read-store/projection.ts';
import { hint } from './hint.ts';
import { orderAttributed, orderRejected, refundJudged, refundParked } from './parked.ts';
import * as promotion from './promotion.ts';
import { parkedOrders, promotedCodes, promotingSellers, unfinished } from './tables.ts';

export const unfinishedProjection = projection({
  name: 'unfinished',
  version: 1,
  tables: [unfinished, promotedCodes, promotingSellers, parkedOrders],
  on: {
    RedemptionReserved({ data: { verdict }, stream, revision, logIndex }, rows) {
      const { sellerId, orderId, codeId } = verdict;
      const reservation = eventRef(stream, revision);
      const ids = { sellerId, orderId, codeId };
      rows.add(unfinished, hint('reservation', reservation, logIndex, ids));
    },
    RedemptionReleased: ({ data }, rows) =>
      rows.delete(unfinished, 'reservation', data.reservation),
    OrderAttributed(event, rows) {
      rows.delete(unfinished, 'reservation', event.data.reservation);
      orderAttributed(rows, event);
    },
    OrderRejected: (event, rows) => orderRejected(rows, event),
    RefundParked: (event, rows) => refundParked(rows, event),
    OrderRefunded: (event, rows) => refundJudged(rows, event),
    RefundRefused: (event, rows) => refundJudged(rows, event),
    RefundCancelled: (event, rows) => refundJudged(rows, event),

    CodesRequested: codesRequested,
    CodeIssued: codeIssued,

    CodeCreated: ({ data, logIndex }, rows) => promotion.codeCreated(rows, data, logIndex),
    AffiliateEnabled: ({ data: { codeId, defaultChannel }, logIndex }, rows) =>
      promotion.changeCode(rows, codeId, logIndex, (code) =>
        promotion.enabled(code, defaultChannel !== null),
      ),
    AffiliateDisabled: ({ data, logIndex }, rows) =>
      promotion.changeCode(rows, data.codeId, logIndex, () => ({ isSwitchedOn: 0 })),
    CodeClosed: ({ data, logIndex }, rows) =>
      promotion.changeCode(rows, data.codeId, logIndex, () => ({ isClosed: 1 })),
    ActivityApplied: ({ data: { codeId, channel, activityId }, logIndex }, rows) =>
      promotion.changeCode(rows, codeId, logIndex, (code) =>
        promotion.applied(code, activityId, channel),
      ),
    ActivityApplicationAccepted: ({ data: { codeId, activityId }, logIndex }, rows) =>
      promotion.changeCode(rows, codeId, logIndex, (code) => promotion.accepted(code, activityId)),
    TaskOpened: (event, rows) => taskChanged(rows, event, 'open'),
    TaskReopened: (event, rows) => taskChanged(rows, event, 'open'),
    TaskClosed: (event, rows) => taskChanged(rows, event, 'closed'),

    SellerJoined: ({ data, logIndex }, rows) =>
      promotion.presenceChanged(rows, data.sellerId, 0, logIndex),
    SellerLeft: ({ data, logIndex }, rows) =>
      promotion.presenceChanged(rows, data.sellerId, 1, logIndex),

    PeriodClosed: ({ data: { period }, logIndex }, rows) =>
      rows.put(unfinished, hint('statement_run', period, logIndex, { period })),
    StatementRunCompleted: ({ data }, rows) =>
      rows.delete(unfinished, 'statement_run', data.period),
  },
});

function taskChanged(
  rows: Rows,
  { data, logIndex }: EventOf<'TaskOpened' | 'TaskReopened' | 'TaskClosed'> & Recorded,
  task: 'open' | 'closed',
): void {
  const [codeId, channel] = partsOfTaskId(data.taskId);
  promotion.changeCode(rows, codeId, logIndex, (code) =>
    promotion.channelChanged(code, channel, { task }),
  );
}

function codesRequested(
  { data, stream, logIndex }: EventOf<'CodesRequested'> & Recorded,
  rows: Rows,
): void {
  const { taskId, influencerId, requestId, count: missing } = data;
  const [codeId] = partsOfTaskId(taskId);
  const ids = { codeId, taskId, influencerId, requestId, missing };
  rows.put(unfinished, hint('code_request', requestKey(stream, requestId), logIndex, ids));
}

function codeIssued({ data }: EventOf<'CodeIssued'>, rows: Rows): void {
  const { taskId, payeeId, requestId } = data;
  const key = requestKey(applicationStream(taskId, payeeId), requestId);
  const request = rows.get(unfinished, 'code_request', key);
  if (request === undefined) return;
  if (request.missing === 1) rows.delete(unfinished, 'code_request', key);
  else rows.put(unfinished, { ...request, missing: request.missing - 1 });
}

const requestKey = (application: string, requestId: string) => `${application}#${requestId}`;

/** A channel holds no dot: the last one parts it from the code's id. */
function partsOfTaskId(taskId: string): readonly [codeId: string, channel: string] {
  const dot = taskId.lastIndexOf('.');
  return [taskId.slice(0, dot), taskId.slice(dot + 1)];
}
