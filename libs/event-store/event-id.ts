// An event's id is a UUIDv5 of where the event belongs, the command it comes from and what it says:
// the same command decided again gives the same ids, and anyone can compute them from the event.
import { hash } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';

/** The namespace of the ledger's event ids; a change of it would change every id. */
const NAMESPACE = Buffer.from('6f1b2c0e5d3a4f7c9b8e2a1d4c3f5e60', 'hex');

export interface EventSource {
  readonly stream: string;
  readonly type: string;
  /** The command's idempotency key, if it came with one. */
  readonly key: string | undefined;
  /** Which of the command's events it is, from 0. */
  readonly ordinal: number;
  readonly canonicalData: string;
}

export function eventId(source: EventSource): string {
  const { stream, type, key = null, ordinal, canonicalData } = source;
  const name = [stream, type, subjectOf(stream), key, ordinal, hash('sha256', canonicalData)];
  return uuidV5(canonicalJson(name));
}

/** What the stream is about: its name without the category. */
function subjectOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? '' : stream.slice(dash + 1);
}

/** The namespace with the name behind it; longer names than this are made room for. */
let named = Buffer.concat([NAMESPACE, Buffer.alloc(1_024)]);

/** RFC 9562, section 5.5. */
function uuidV5(name: string): string {
  const most = NAMESPACE.length + 3 * name.length;
  if (named.length < most) named = Buffer.concat([NAMESPACE, Buffer.alloc(most)]);
  const end = NAMESPACE.length + named.write(name, NAMESPACE.length);
  const hex = hash('sha1', named.subarray(0, end));
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-` +
    `${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  );
}
