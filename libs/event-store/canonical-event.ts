// The canonical form of an event, which hashes and proofs are taken of: RFC 8785 JSON of its
// stream, revision, id, type, data and metadata. However a store packs an event, this comes back.
import { hash } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';
import {
  type AppendedEvent,
  AppendTooLarge,
  type CanonicalParts,
  type EventText,
  MAX_APPEND_BYTES,
} from './port.ts';

export function canonicalParts(event: AppendedEvent): CanonicalParts {
  return (
    event.canonical ?? { data: canonicalJson(event.data), metadata: canonicalJson(event.metadata) }
  );
}

/** Members in the order that RFC 8785 gives them. */
export function canonicalEvent(
  place: { readonly stream: string; readonly revision: number },
  named: { readonly id: string; readonly type: string },
  parts: CanonicalParts,
): string {
  return (
    `{"data":${parts.data},"id":${canonicalJson(named.id)},"metadata":${parts.metadata},` +
    `"revision":${place.revision},"stream":${canonicalJson(place.stream)},` +
    `"type":${canonicalJson(named.type)}}`
  );
}

/** From the values and not from the stored text; data that is stored in another form is refused. */
export function canonicalText({ data, metadata, ...event }: EventText): string {
  const parts = { data: canonicalJson(JSON.parse(data)), metadata: canonicalJson(metadata) };
  if (parts.data !== data) throw new RangeError('its data is not in canonical form');
  return canonicalEvent(event, event, parts);
}

/** What an event counts against the limit of an append: its canonical texts, in bytes of UTF-8. */
export function appendBytes(parts: CanonicalParts): number {
  return Buffer.byteLength(parts.data) + Buffer.byteLength(parts.metadata) + ENVELOPE_BYTES;
}

/**
 * What one append stores, and its bytes as the limit counts them. Throws RangeError when it holds
 * no event and AppendTooLarge above MAX_APPEND_BYTES.
 */
export function canonicalAppend(
  stream: string,
  events: readonly AppendedEvent[],
): { readonly canonical: readonly CanonicalParts[]; readonly bytes: number } {
  if (events.length === 0) throw new RangeError(`an append to ${stream} holds no event`);
  const canonical = events.map(canonicalParts);
  const bytes = canonical.reduce((sum, parts) => sum + appendBytes(parts), 0);
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLarge(`${stream}: ${bytes} bytes in one append`);
  return { canonical, bytes };
}

/** Id, type, stream and punctuation, generously: of no account beside the limit. */
const ENVELOPE_BYTES = 256;

/** The chain's value before the first event, in hexadecimal: it binds the log's id. */
export function chainStart(logId: string): string {
  return hash('sha256', logId);
}

/** Each event's chain value covers it and, through the one before, all events and their order. */
export function chainNext(chain: string, event: string): string {
  return hash('sha256', chain + event);
}
