// Problem documents (RFC 9457): the one form of every answer that is not the one asked for. `code`
// is stable and says what must hold; `pointers` name the fields; nothing internal gets out.
import { z } from 'zod';

export const Pointer = z
  .strictObject({
    in: z.enum(['body', 'query', 'path', 'header']),
    /** RFC 6901, from the top of the place that `in` names. */
    pointer: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Pointer' });
export type Pointer = z.infer<typeof Pointer>;

export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    /** Names the request: the logs have it under the same id. */
    instance: z.string(),
    pointers: z.array(Pointer).optional(),
    /** The values that explain a refusal. */
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({
    id: 'Problem',
    examples: [
      {
        type: 'urn:promo-ledger:problem:request_must_match_schema',
        title: 'The request is not what this operation takes.',
        status: 400,
        code: 'request_must_match_schema',
        instance: 'urn:uuid:0b8f7c7e-3f0a-4b1e-9c57-0a5f2a6f9f10',
        pointers: [
          { in: 'body', pointer: '/paidAt', message: 'must say its zone: Z or an offset' },
        ],
      },
    ],
  });
export type Problem = z.infer<typeof Problem>;

/** The edge's own codes; those of the ledger's refusals are in `refusals.ts`. */
export const EDGE_PROBLEMS = {
  request_must_match_schema: [400, 'The request is not what this operation takes.'],
  body_must_be_json: [400, 'The body is not well-formed JSON in UTF-8.'],
  request_must_be_http: [400, 'The request is not well-formed HTTP.'],
  path_must_exist: [404, 'There is nothing at this path.'],
  resource_must_exist: [404, 'There is no such thing in the ledger.'],
  document_must_be_kept: [404, 'The document is not kept: run the statements of its period again.'],
  position_must_be_of_this_ledger: [409, 'The position is not one that this ledger gave out.'],
  body_must_be_smaller: [413, 'The body is larger than this operation takes.'],
  path_must_be_shorter: [414, 'The path is longer than any that exists.'],
  content_type_must_fit: [415, 'This operation does not take that content type.'],
  document_must_be_intact: [500, 'The document kept is not the one that was issued.'],
  bug_must_be_reported: [500, 'The service failed at this request; it is logged under its id.'],
  position_must_be_reached: [503, 'The read models have not reached the position yet.'],
  outcome_must_be_known: [503, 'It is not known whether this was stored: send it again as it is.'],
  engine_must_be_available: [503, 'The engine that computes statements cannot be reached now.'],
  store_must_be_available: [503, 'The ledger cannot be written now; nothing was stored.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type EdgeCode = keyof typeof EDGE_PROBLEMS;

/** The edge will not pass this request on. Thrown by pipes and readers of headers. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly code: EdgeCode,
    readonly pointers: readonly Pointer[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
  }
}

export interface Explanation {
  readonly pointers?: readonly Pointer[];
  readonly details?: Readonly<Record<string, unknown>>;
}

export function problem(
  [status, title]: readonly [number, string],
  code: string,
  requestId: string,
  { pointers = [], details = {} }: Explanation = {},
): Problem {
  return {
    type: `urn:promo-ledger:problem:${code}`,
    title,
    status,
    code,
    instance: `urn:uuid:${requestId}`,
    ...(pointers.length > 0 && { pointers: [...pointers] }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}
