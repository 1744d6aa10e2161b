import {
  flag,
  integer,
  oneOf,
  table,
  text,
  textOrNull,
  type RowOf,
} from '#read-store/projection.ts';

/**
 * What a process manager may have to finish, and the ids that it needs; a row goes when it is done.
 * - reservation: a RedemptionReserved whose order has no outcome by it (sellerId, orderId, codeId)
 * - code_request: codes requested and not all issued (taskId, influencerId, requestId, codeId)
 * - task: open while its code must not be promoted, or closed or missing while it may (taskId,
 *   codeId, sellerId, channel, and activityId when an accepted entry asks for it)
 * - code_of_left_seller: still open after its seller left (codeId, sellerId)
 * - statement_run: a closed period whose run is not complete (period)
 */
export const unfinished = table({
  name: 'unfinished',
  columns: {
    kind: oneOf<
      'reservation' | 'code_request' | 'task' | 'code_of_left_seller' | 'statement_run'
    >(),
    /** reservation: its `stream@revision`; code_request: the application's stream # request id. */
    key: text,
    sellerId: textOrNull,
    orderId: textOrNull,
    codeId: textOrNull,
    taskId: textOrNull,
    channel: textOrNull,
    activityId: textOrNull,
    influencerId: textOrNull,
    requestId: textOrNull,
    period: textOrNull,
    /** Codes not yet issued; 1 for the other kinds. */
    missing: integer,
    /** The event that made it unfinished: the oldest are the first to finish. */
    logIndex: integer,
  },
  key: ['kind', 'key'],
});
export type UnfinishedRow = RowOf<typeof unfinished>;
