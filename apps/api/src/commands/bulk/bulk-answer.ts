// What each line of a bulk feed is answered with: one line for a line, in the order of the input.
import { z } from 'zod';
import { AppendTooLarge, OutcomeUnknown, StoreUnavailable } from '#event-store/port.ts';
import { TooManyAttempts } from '#event-store/transaction.ts';
import { Refused, type Answer } from '../../http/answer.ts';
import { positionToken } from '../../http/position.ts';
import { Pointer } from '../../http/problem.ts';
import { Money } from '../../http/schemas.ts';
import { OrderAnswer } from '../../processes/order-answer.ts';
import { OrderFactAnswer } from '../../processes/tell-order.ts';
import type { LineFault } from './ndjson.ts';

export const BulkAnswer = z
  .strictObject({
    /** Of the input, from 1. */
    line: z.int().min(1),
    outcome: z.enum([
      ...OrderAnswer.shape.outcome.options,
      ...OrderFactAnswer.shape.outcome.options,
      /** Answered and not stored: `code` says what must hold. */
      'refused',
      /** Not a line that can be taken: `code` says why, `pointers` where. */
      'invalid',
      /** An outage: send the line again, it is stored once at most. */
      'failed',
    ]),
    /** Why not; absent when all went well. */
    code: z.string().optional(),
    /** A read that brings it sees what this line stored. */
    position: z.string().optional(),
    /** The stored event that the answer is made from. */
    event: z.string().optional(),
    /** True when the ledger had it before. */
    repeated: z.literal(true).optional(),
    /** Of an attributed order: what it earns if nothing is refunded. */
    commission: Money.optional(),
    pointers: z.array(Pointer).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'BulkAnswer' });
export type BulkAnswer = z.infer<typeof BulkAnswer>;

/** A line that is no fact. */
export interface Fault {
  readonly fault: LineFault | 'line_must_be_json' | 'line_must_match_schema';
  readonly pointers?: readonly Pointer[];
}

export const invalidAnswer = (line: number, { fault, pointers }: Fault): BulkAnswer => ({
  line,
  outcome: 'invalid',
  code: fault,
  ...(pointers && { pointers: [...pointers] }),
});

export function answerOfLine(
  line: number,
  answer: Answer<OrderAnswer | OrderFactAnswer>,
  logId: string,
): BulkAnswer {
  if (answer instanceof Refused) {
    const { refused: code, details } = answer.refusal;
    return { line, outcome: 'refused', code, details };
  }
  const { body, position, isRepeat } = answer;
  return {
    line,
    outcome: body.outcome,
    ...(body.reason !== undefined && { code: body.reason }),
    position: positionToken(logId, position),
    event: body.event,
    ...(isRepeat && { repeated: true }),
    ...('commission' in body && body.commission && { commission: body.commission }),
  };
}

/** Nobody is told more than that it went wrong: the log has the rest. */
export function failedAnswer(line: number, error: unknown): BulkAnswer {
  return { line, outcome: 'failed', code: failureOf(error) };
}

function failureOf(error: unknown): string {
  if (error instanceof OutcomeUnknown) return 'outcome_must_be_known';
  if (error instanceof StoreUnavailable || error instanceof TooManyAttempts)
    return 'store_must_be_available';
  if (error instanceof AppendTooLarge) return 'order_must_fit_one_append';
  return 'bug_must_be_reported';
}
