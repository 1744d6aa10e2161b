// The ledger behind a running service, over HTTP on loopback. The bulk endpoint is streamed both
// ways at once: when the service holds back, so does whoever produces the lines.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http';
import { CliFailure, EXIT } from './failure.ts';
import type { BulkAnswer, Ledger, RebuildProgress, RebuildReport } from './ledger.ts';
import type { Reply, Request } from './ledger.ts';

const ACTOR = { 'promo-ledger-actor': 'operator:cli' };

export function httpLedger(url: string): Ledger {
  return {
    where: `service at ${url}`,
    send: (request) => send(url, request),
    bulk: (chunks) => bulk(url, chunks),
    rebuild: async (projections, onProgress) => {
      const reports: RebuildReport[] = [];
      const body = Buffer.from(JSON.stringify(projections.length > 0 ? { projections } : {}));
      const connection = post(url, '/replays', 'application/json');
      connection.end(body);
      for await (const text of answeredLines(connection)) {
        const line = JSON.parse(text) as Record<string, unknown>;
        if ('newHash' in line) reports.push(line as unknown as RebuildReport);
        else if ('done' in line) onProgress(line as unknown as RebuildProgress);
        else throw new CliFailure(EXIT.service, `the replay stopped: ${String(line.failed)}`);
      }
      return reports;
    },
    close: () => Promise.resolve(),
  };
}

async function send(url: string, { method, path, body, idempotencyKey }: Request): Promise<Reply> {
  const text = body && JSON.stringify(body);
  const connection = open(new URL(path, url), {
    method,
    headers: {
      ...ACTOR,
      ...(text && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      }),
      ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    },
  });
  connection.end(text);
  const answer = await answerTo(connection);
  let said = '';
  for await (const chunk of answer.setEncoding('utf8')) said += String(chunk);
  const isJson = (answer.headers['content-type'] ?? '').includes('json');
  return { status: answer.statusCode!, body: isJson && said !== '' ? JSON.parse(said) : said };
}

async function* bulk(
  url: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly BulkAnswer[]> {
  const connection = post(url, '/orders/bulk', 'application/x-ndjson');
  const sending = writeAll(connection, chunks);
  sending.catch((error: Error) => connection.destroy(error));
  let batch: BulkAnswer[] = [];
  for await (const text of answeredLines(connection)) {
    batch.push(JSON.parse(text) as BulkAnswer);
    if (batch.length < 256) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  await sending;
}

async function writeAll(
  connection: ClientRequest,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    if (!connection.write(chunk)) await once(connection, 'drain');
  }
  connection.end();
}

function post(url: string, path: string, type: string): ClientRequest {
  const headers = { ...ACTOR, 'content-type': type };
  return open(new URL(path, url), { method: 'POST', headers });
}

/** However long it takes: a large close is answered when it is done. */
function answerTo(connection: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    connection.once('response', resolve);
    connection.on('error', (error) => reject(unreachable(connection.host, error)));
  });
}

async function* answeredLines(connection: ClientRequest): AsyncGenerator<string> {
  const answer = await answerTo(connection);
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (answer.statusCode !== undefined && answer.statusCode >= 400) {
    throw new CliFailure(EXIT.service, `the service answered ${answer.statusCode}: ${rest}`);
  }
  if (rest !== '') yield rest;
}

function unreachable(where: string, error: Error): Error {
  if (error instanceof CliFailure) return error;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return new CliFailure(EXIT.service, `the service at ${where} did not answer: ${reason}`);
}
