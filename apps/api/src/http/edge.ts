// The HTTP edge: what every request passes before its slice and every answer after it. Kept lean,
// because each order pays for it: no middleware, no interceptors, one hook in and one hook out.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { EventStore, Position } from '#event-store/port.ts';
import type { Config } from '../config.ts';
import type { Follower } from '../follower/follower.ts';
import { type Clock, CLOCK, CONFIG, EVENT_STORE, FOLLOWER } from '../wiring.ts';
import { Refused, Written } from './answer.ts';
import { MOST_BODY_BYTES, readBodies } from './body.ts';
import { checkHeaders, CORRELATION_HEADER, CorrelationId } from './command-context.ts';
import { serveDocument } from './openapi.ts';
import { POSITION_HEADER, positionOf, positionToken } from './position.ts';
import { EDGE_PROBLEMS, problem, RequestRefused } from './problem.ts';
import { ProblemFilter, sendProblem } from './problem-filter.ts';
import { wordsOf } from './refusals.ts';
import { SchemaPipe } from './validation.ts';

const LONGEST_PARAMETER = 256;
const SWEEP_MS = 20;
/** A caller that stopped sending in the middle must not keep the service from stopping. */
const LONGEST_DRAIN_MS = 10_000;

export function fastifyAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: MOST_BODY_BYTES,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    skipMiddie: true,
    genReqId: requestId,
    clientErrorHandler: refuseBrokenHttp,
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(
        reply,
        error.statusCode === 414 ? 'path_must_be_shorter' : 'request_must_be_http',
        {},
      ),
  });
}

/** Everything but listening. */
export function equip(app: NestFastifyApplication, log: Logger): void {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  const store = app.get<EventStore>(EVENT_STORE);
  server.decorate('clock', app.get<Clock>(CLOCK));
  readBodies(server);
  server.addHook('onRequest', checkRequest);
  waitForPositions(server, store, app.get<Follower>(FOLLOWER), app.get<Config>(CONFIG));
  server.addHook('preSerialization', answerWith(store.logId));
  server.addHook('preClose', (done) => drain(server, done));
  if (app.get<Config>(CONFIG).isLoggingRequests) logRequests(server, log);
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new ProblemFilter(log));
  serveDocument(app);
}

/** A caller's own correlation id when it is one; it also names the request in the logs. */
function requestId({ headers }: { headers: IncomingMessage['headers'] }): string {
  const given = headers[CORRELATION_HEADER];
  if (given === undefined) return randomUUID();
  const parsed = CorrelationId.safeParse(given);
  return parsed.success ? parsed.data : randomUUID();
}

type Done = (error?: Error) => void;

function checkRequest(request: FastifyRequest, reply: FastifyReply, done: Done): void {
  void reply.header(CORRELATION_HEADER, request.id);
  const { consumes } = request.routeOptions.config;
  const type = request.headers['content-type'];
  if (type !== undefined && consumes !== undefined && !isOfType(type, consumes))
    return done(
      new RequestRefused('content_type_must_fit', [
        { in: 'header', pointer: '/content-type', message: `must be ${consumes}` },
      ]),
    );
  done(checkHeaders(request.headers));
}

/** Without a charset, or with the only one there is. */
function isOfType(given: string, type: string): boolean {
  if (given === type) return true;
  const [media = '', ...parameters] = given.toLowerCase().split(';');
  return media.trim() === type && parameters.every((each) => /^ *charset="?utf-8"? *$/.test(each));
}

/** Reads that bring a position wait for the follower, within the time that the config gives. */
function waitForPositions(
  server: FastifyInstance,
  store: EventStore,
  follower: Follower,
  { readWaitMs }: Config,
): void {
  // Another node may have written it: where there are others it is waited for.
  const mayCome = async (position: Position) =>
    !store.isOnlyWriter || position <= (await store.head());
  const reach = async (token: string) => {
    const position = positionOf(store.logId, token);
    if (position === undefined || !(await mayCome(position)))
      throw new RequestRefused('position_must_be_of_this_ledger', [
        { in: 'header', pointer: `/${POSITION_HEADER}`, message: 'was not given by this ledger' },
      ]);
    if (!(await follower.waitFor(position, readWaitMs)))
      throw new RequestRefused('position_must_be_reached');
  };
  server.addHook('onRequest', (request, _reply, done) => {
    const token = request.headers[POSITION_HEADER];
    if (token === undefined || request.routeOptions.config.isRead !== true) return done();
    reach(String(token)).then(() => done(), done);
  });
}

/** Turns what a handler gave back into a body with its headers, or into a problem. */
function answerWith(logId: string) {
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload: unknown) => void,
  ): void => {
    if (payload instanceof Written) {
      void reply.header(POSITION_HEADER, positionToken(logId, payload.position));
      if (payload.isRepeat) void reply.header('idempotent-replayed', 'true');
      return done(null, payload.body);
    }
    if (!(payload instanceof Refused)) return done(null, payload);
    const { refused, details } = payload.refusal;
    const body = problem(wordsOf(refused), refused, request.id, { details });
    void reply.code(body.status).header('content-type', 'application/problem+json');
    done(null, body);
  };
}

/** What is in flight is answered; connections are closed as they fall idle, after a while all. */
function drain(server: FastifyInstance, done: () => void): void {
  const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_MS);
  const cutOff = setTimeout(() => server.server.closeAllConnections(), LONGEST_DRAIN_MS);
  server.server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(cutOff);
  });
  sweep.unref();
  cutOff.unref();
  done();
}

/** What Node cannot read as HTTP reaches no route: the socket is answered and closed. */
function refuseBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const code = 'request_must_be_http';
  const body = JSON.stringify(problem(EDGE_PROBLEMS[code], code, randomUUID()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    log.info({
      request: request.id,
      method: request.method,
      path: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    });
    done();
  });
}
