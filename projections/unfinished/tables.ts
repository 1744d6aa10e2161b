// Rows of what is begun and not finished, and three tables that only its own `evolve` reads.
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
 * - parked_facts: an attributed order with parked refunds not yet judged (sellerId, orderId)
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
      | 'reservation'
      | 'parked_facts'
      | 'code_request'
      | 'task'
      | 'code_of_left_seller'
      | 'statement_run'
    >(),
    /**
     * reservation: its `stream@revision`; parked_facts: the order's stream; code_request: the
     * application's stream, # and the request id; otherwise the id of the task, code or period.
     */
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
    /** Codes not yet issued, refunds not yet judged; 1 for the other kinds. */
    missing: integer,
    /** The event that made it unfinished: the oldest are the first to finish. */
    logIndex: integer,
  },
  key: ['kind', 'key'],
});
export type UnfinishedRow = RowOf<typeof unfinished>;

/** For `evolve` alone: what it must know of a code to say whether its tasks are in step. */
export const promotedCodes = table({
  name: 'promoted_codes',
  columns: {
    codeId: text,
    sellerId: text,
    isSwitchedOn: flag,
    isClosed: flag,
    /** Its seller left after it was made: it is to be closed even if the seller comes back. */
    isLeftBehind: flag,
    /** JSON: channel to `PromotedChannel`. */
    channels: text,
    /** JSON: activity id to the channel that it was applied for. */
    appliedFor: text,
    /** The seller's code before this one: a seller's codes are a chain. */
    previousCodeId: textOrNull,
  },
  key: ['codeId'],
});
export type PromotedCodeRow = RowOf<typeof promotedCodes>;

export interface PromotedChannel {
  readonly task: 'missing' | 'open' | 'closed';
  /** Something asks for a task here: enabling with the default channel, or an accepted entry. */
  readonly isWanted: boolean;
  readonly activityId: string | null;
}

/** For `evolve` alone. */
export const promotingSellers = table({
  name: 'promoting_sellers',
  columns: { sellerId: text, hasLeft: flag, latestCodeId: textOrNull },
  key: ['sellerId'],
});

/** For `evolve` alone: orders with parked refunds that are not judged yet. */
export const parkedOrders = table({
  name: 'parked_orders',
  columns: {
    order: text,
    isAttributed: flag,
    /** JSON array. */
    refundIds: text,
    logIndex: integer,
  },
  key: ['order'],
});
