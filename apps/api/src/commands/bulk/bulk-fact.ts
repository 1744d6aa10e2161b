// What one line of a bulk feed may be: the bodies of the single operations, with `type` to tell
// them apart and the ids that stand in their paths.
import { z } from 'zod';
import { Id } from '#ledger/values.ts';
import { pointersOf } from '../../http/validation.ts';
import { illFormedText } from '../../http/well-formed.ts';
import { CancelRefundBody } from '../cancel-refund.ts';
import { ConfirmOrderBody } from '../confirm-order.ts';
import { InvalidateOrderBody } from '../invalidate-order.ts';
import { RefundOrderBody } from '../refund-order.ts';
import { TakeOrderBody } from '../take-order.ts';
import type { Fault } from './bulk-answer.ts';

const order = { sellerId: Id, orderId: Id };

export const BulkFact = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('order'), ...TakeOrderBody.shape }),
    z.strictObject({ type: z.literal('confirmation'), ...order, ...ConfirmOrderBody.shape }),
    z.strictObject({ type: z.literal('refund'), ...order, ...RefundOrderBody.shape }),
    z.strictObject({ type: z.literal('refund_cancellation'), ...order, ...CancelRefundBody.shape }),
    z.strictObject({ type: z.literal('invalidation'), ...order, ...InvalidateOrderBody.shape }),
  ])
  .meta({ id: 'BulkFact' });
export type BulkFact = z.infer<typeof BulkFact>;

/** The fact that a line holds, or what is wrong with the line. */
export function factOf(text: string): BulkFact | Fault {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: 'line_must_be_json' };
  }
  const illFormed = illFormedText(text, json);
  if (illFormed.length > 0) return { fault: 'line_must_match_schema', pointers: illFormed };
  const parsed = BulkFact.safeParse(json);
  if (parsed.success) return parsed.data;
  return { fault: 'line_must_match_schema', pointers: pointersOf(parsed.error.issues, 'body') };
}
