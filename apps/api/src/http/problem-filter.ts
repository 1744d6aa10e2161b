// The last stop of everything that was thrown: outages say when to try again, faults of the request
// say where they are, and a bug says nothing but the id under which it was logged.
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { ClickHouseUnreachable } from '#analytics/clickhouse/client.ts';
import { AppendTooLarge, OutcomeUnknown, StoreUnavailable } from '#event-store/port.ts';
import { TooManyAttempts } from '#event-store/transaction.ts';
import { EDGE_PROBLEMS, type EdgeCode, problem, RequestRefused } from './problem.ts';

const RETRY_AFTER_SECONDS = '1';

/** Their reason is the operator's, and not told to the caller. */
const LOGGED: ReadonlySet<EdgeCode> = new Set([
  'bug_must_be_reported',
  'engine_must_be_available',
  'store_must_be_available',
]);

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) {
      this.log.error({ err: error, request: reply.request.id }, 'failed after answering began');
      reply.raw.destroy();
      return;
    }
    const code = codeOf(error);
    if (LOGGED.has(code)) this.log.error({ err: error, request: reply.request.id }, code);
    sendProblem(reply, code, error instanceof RequestRefused ? error : {});
  }
}

export function sendProblem(
  reply: FastifyReply,
  code: EdgeCode,
  explanation: Parameters<typeof problem>[3],
): void {
  const body = problem(EDGE_PROBLEMS[code], code, reply.request.id, explanation);
  if (body.status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  void reply
    .code(body.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(body));
}

function codeOf(error: unknown): EdgeCode {
  if (error instanceof RequestRefused) return error.code;
  if (error instanceof OutcomeUnknown) return 'outcome_must_be_known';
  if (error instanceof StoreUnavailable || error instanceof TooManyAttempts)
    return 'store_must_be_available';
  if (error instanceof ClickHouseUnreachable) return 'engine_must_be_available';
  if (error instanceof AppendTooLarge) return 'body_must_be_smaller';
  if (error instanceof HttpException) return codeOfStatus(error.getStatus());
  return UNNAMED;
}

const UNNAMED: EdgeCode = 'bug_must_be_reported';

const codeOfStatus = (status: number): EdgeCode =>
  HTTP_CODES[status] ?? (status < 500 ? 'request_must_be_http' : UNNAMED);

/** What Fastify and Nest themselves refuse. */
const HTTP_CODES: Readonly<Record<number, EdgeCode>> = {
  400: 'request_must_be_http',
  403: 'path_must_exist',
  404: 'path_must_exist',
  413: 'body_must_be_smaller',
  414: 'path_must_be_shorter',
  415: 'content_type_must_fit',
};
