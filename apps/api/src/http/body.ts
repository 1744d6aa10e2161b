// Reads JSON bodies: well-formed UTF-8, well-formed JSON. An empty body is none. A key such as
// `__proto__` stays an ordinary key here, which the schemas then refuse like any unknown field.
// NDJSON is handed to its slice as the stream that it is.
import type { FastifyInstance } from 'fastify';
import { RequestRefused } from './problem.ts';
import { illFormedText } from './well-formed.ts';

/** One order may be 256 KiB as stored; as a request it also has its names and spaces. */
export const MOST_BODY_BYTES = 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MOST_BODY_BYTES },
    (_request, body, done) => {
      try {
        done(null, jsonOf(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  server.addContentTypeParser('application/x-ndjson', (_request, stream, done) =>
    done(null, stream),
  );
}

/** Throws RequestRefused. */
function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = textOf(body);
  const json = parsed(text);
  const illFormed = illFormedText(text, json);
  if (illFormed.length > 0) throw new RequestRefused('request_must_match_schema', illFormed);
  return json;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused((error as Error).message);
  }
}

function textOf(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw refused('the bytes are not UTF-8');
  }
}

/** The parser's message may quote the body: it is cut short. */
const refused = (message: string) =>
  new RequestRefused('body_must_be_json', [
    { in: 'body', pointer: '', message: message.slice(0, 120) },
  ]);
