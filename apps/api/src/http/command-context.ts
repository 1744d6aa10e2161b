// The one place where a request becomes a `CommandContext`: who asks, on whose behalf, when, and
// under which idempotency key. Authentication will come in by this door; until then the service
// listens on loopback only and believes the actor's header.
import { createHash, randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import type { Timing } from '#ledger/time.ts';
import type { Timestamp } from '#ledger/values.ts';
import type { Clock } from '../wiring.ts';
import { RequestRefused } from './problem.ts';
import { pointersOf } from './validation.ts';

export const ACTOR_HEADER = 'promo-ledger-actor';
export const CORRELATION_HEADER = 'correlation-id';
export const IDEMPOTENCY_HEADER = 'idempotency-key';
const DEFAULT_ACTOR = 'operator:local';

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

/** The headers have passed `checkHeaders`. */
function contextOf(request: FastifyRequest, clock: Clock): CommandContext {
  const { [ACTOR_HEADER]: actor, [IDEMPOTENCY_HEADER]: idempotencyKey } = request.headers;
  const context = {
    actor: actor === undefined ? DEFAULT_ACTOR : String(actor),
    correlationId: request.id,
    causationId: request.headers[CORRELATION_HEADER] === undefined ? request.id : randomUUID(),
    now: clock(),
  };
  if (idempotencyKey === undefined) return context;
  return {
    ...context,
    idempotencyKey: String(idempotencyKey),
    // Taken when the runner asks for it: by then the body has passed its schema.
    get requestHash() {
      return requestHash(request);
    },
  };
}

/** What a decision on a configuration fact takes: its own time, the clock's unless said. */
export function timed<C extends { readonly occurredAt?: Timestamp | undefined }>(
  asked: C,
  { now }: CommandContext,
): C & Timing {
  return { ...asked, occurredAt: asked.occurredAt ?? now, now };
}

/** For commands that their own ids identify: no key claims anything. */
export function withoutKey({ actor, correlationId, causationId, now }: CommandContext) {
  return { actor, correlationId, causationId, now };
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

const HEADERS = [
  [ACTOR_HEADER, Actor],
  [CORRELATION_HEADER, CorrelationId],
  [IDEMPOTENCY_HEADER, IdempotencyKey],
] as const;

/** A repeated header arrives as one text joined by commas, which no schema here takes. */
export function checkHeaders(headers: FastifyRequest['headers']): RequestRefused | undefined {
  for (const [name, schema] of HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      return new RequestRefused(
        'request_must_match_schema',
        pointersOf(parsed.error.issues, 'header', [name]),
      );
  }
  return undefined;
}

/** What an idempotency key stands for: method, path and canonical body, buyers left out of it. */
function requestHash(request: FastifyRequest): string {
  const content = canonicalJson([request.method, request.url, request.body ?? null]);
  return createHash('sha256').update(content).digest('hex');
}
