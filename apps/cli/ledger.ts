// How the command line reaches the ledger when it writes: through the running service when there is
// one, else by booting the same module in this process. Either way a request is the API's own, so
// that nothing can be done here that cannot be done there.
import type { BulkAnswer } from '#api/commands/bulk/bulk-answer.ts';
import type { RebuildProgress, RebuildReport } from '#read-store/rebuild.ts';
import { CliFailure, EXIT } from './failure.ts';

export type { BulkAnswer, RebuildProgress, RebuildReport };

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Ledger {
  /** For people: `service at http://127.0.0.1:3000`, `in this process`. */
  readonly where: string;
  send(request: Request): Promise<Reply>;
  /** NDJSON bytes in, answers in input order out. */
  bulk(chunks: AsyncIterable<Uint8Array>): AsyncIterable<readonly BulkAnswer[]>;
  /** Rebuilds these projections, or all, beside live traffic, and switches. */
  rebuild(
    projections: readonly string[],
    onProgress: (progress: RebuildProgress) => void,
  ): Promise<readonly RebuildReport[]>;
  close(): Promise<void>;
}

interface ProblemLike {
  readonly code?: string;
  readonly title?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly pointers?: readonly { readonly pointer: string; readonly message: string }[];
}

/** The body of an answer that went well; a problem becomes a failure that says which and why. */
export async function demand(ledger: Ledger, request: Request): Promise<unknown> {
  const { status, body } = await ledger.send(request);
  if (status < 400) return body;
  const problem = (body ?? {}) as ProblemLike;
  throw new CliFailure(exitOf(status, problem), sentenceOf(status, problem), {
    status,
    ...(problem.code && { code: problem.code }),
    ...(problem.details && { details: problem.details }),
    ...(problem.pointers && { pointers: problem.pointers }),
  });
}

function exitOf(status: number, { code }: ProblemLike) {
  if (code === 'request_must_match_schema') return EXIT.usage;
  return status >= 500 ? EXIT.service : EXIT.refused;
}

function sentenceOf(status: number, { code, title, details, pointers = [] }: ProblemLike): string {
  const fields = pointers.map(({ pointer, message }) => `${pointer}: ${message}`);
  const values = Object.entries(details ?? {}).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}: ${text}`;
  });
  const why = [...fields, ...values].map((line) => `\n  ${line}`).join('');
  return `${title ?? `the service answered ${status}`}${code ? ` (${code})` : ''}${why}`;
}
