// The one place where a request becomes a `CommandContext`: who asks, on whose behalf, when, and
// under which idempotency key. Authentication will come in by this door; until then the service
// listens on loopback only and believes the actor's header.
import { createHash, randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import type { Clock } from '../wiring.ts';
import { RequestRefused } from './problem.ts';

export const ACTOR_HEADER = 'promo-ledger-actor';
export const CORRELATION_HEADER = 'correlation-id';
export const IDEMPOTENCY_HEADER = 'idempotency-key';
export const DEFAULT_ACTOR = 'operator:local';

export const Actor = z
  .string()
  .regex(/^[a-z]{1,20}:[A-Za-z0-9_.@-]{1,40}$/, 'must be a role, a colon and a name')
  .meta({ id: 'Actor', examples: ['finance:ada'] });

export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters')
  .meta({ id: 'IdempotencyKey', examples: ['4b1f2e0c-join-s1'] });

export const CorrelationId = z.uuid().meta({ id: 'CorrelationId' });

/** For commands that start inside the service: command line in process, process managers, tests. */
export function localContext(actor: string, clock: Clock): CommandContext {
  const id = randomUUID();
  return { actor, correlationId: id, causationId: id, now: clock() };
}

export function contextOf(request: FastifyRequest, clock: Clock): CommandContext {
  const { headers } = request;
  const correlationId = header(headers, CORRELATION_HEADER, CorrelationId);
  const idempotencyKey = header(headers, IDEMPOTENCY_HEADER, IdempotencyKey);
  const causationId = randomUUID();
  return {
    actor: header(headers, ACTOR_HEADER, Actor) ?? DEFAULT_ACTOR,
    correlationId: correlationId ?? causationId,
    causationId,
    now: clock(),
    ...(idempotencyKey && { idempotencyKey, requestHash: requestHash(request) }),
  };
}

/** A controller's parameter: `@Context() context: CommandContext`. */
export const Context = createParamDecorator((_: unknown, host: ExecutionContext) => {
  const request = host.switchToHttp().getRequest<FastifyRequest>();
  return contextOf(request, request.server.clock);
});

declare module 'fastify' {
  interface FastifyInstance {
    clock: Clock;
  }
}

function header(
  headers: FastifyRequest['headers'],
  name: string,
  schema: z.ZodType<string>,
): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RequestRefused(
    parsed.error.issues.map(({ message }) => ({ in: 'header', pointer: `/${name}`, message })),
  );
}

/** What an idempotency key stands for: method, path and canonical body, buyers left out of it. */
function requestHash(request: FastifyRequest): string {
  const content = canonicalJson([request.method, request.url, request.body ?? null]);
  return createHash('sha256').update(content).digest('hex');
}
