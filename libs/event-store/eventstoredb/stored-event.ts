// An event as EventStoreDB keeps it: JSON in canonical form under the stream's name with the
// ledger's prefix, its metadata as custom metadata, its id as the client's id. And back.
import type {
  EventData,
  JSONRecordedEvent,
  RecordedEvent as AnyRecorded,
} from '@eventstore/db-client';
import type { Metadata } from '#ledger/metadata.ts';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { AppendedEvent, CanonicalParts, StreamEvent } from '../port.ts';

/** The server keeps ids as 16 bytes and gives them back in lower case. */
const KEPT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Where an id of another form is kept; no metadata of the ledger has a member like it. */
const ID_AS_GIVEN = '$id';

/** The text that the server keeps beside the event's data. */
export function keptMetadata(id: string, { metadata }: CanonicalParts): string {
  if (KEPT_ID.test(id)) return metadata;
  return `{"${ID_AS_GIVEN}":${canonicalJson(id)},${metadata.slice(1)}`;
}

/** For the client, which makes the text of it again. */
export function toStore(
  { id, type }: Pick<AppendedEvent, 'id' | 'type'>,
  canonical: CanonicalParts,
): EventData {
  return {
    id,
    type,
    contentType: 'application/json',
    data: inCanonicalOrder(canonical.data) as Record<string, unknown>,
    metadata: new Uint8Array(Buffer.from(keptMetadata(id, canonical))),
  };
}

/** Undefined when the event is none that this store wrote. */
export function fromStore(event: AnyRecorded, stream: string): StreamEvent | undefined {
  const { data, metadata, position } = event as JSONRecordedEvent;
  if (!event.isJson || !isObject(data) || !isObject(metadata) || position === undefined)
    return undefined;
  const given = metadata as Partial<Metadata> & { readonly [ID_AS_GIVEN]?: string };
  const { actor, causationId, correlationId, recordedAt } = given;
  if (typeof actor !== 'string' || typeof causationId !== 'string') return undefined;
  if (typeof correlationId !== 'string' || typeof recordedAt !== 'string') return undefined;
  // An event that the ledger appended is its own commit.
  if (position.commit !== position.prepare) return undefined;
  return {
    stream,
    revision: Number(event.revision),
    position: position.commit,
    id: given[ID_AS_GIVEN] ?? event.id,
    type: event.type,
    data,
    metadata: ID_AS_GIVEN in given ? withoutId(given) : (given as Metadata),
  };
}

/** The text that was stored, if that was in canonical form; otherwise another than that form. */
export function textOf(data: object): string {
  const text = JSON.stringify(data);
  return INTEGER_KEY.test(text) ? canonicalJson(data) : text;
}

/** What an event holds, roughly, in bytes. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += roughSize(item);
  else for (const key in value) size += key.length + 4 + roughSize((value as Members)[key]);
  return size;
}

type Members = Readonly<Record<string, unknown>>;

/** Objects list such keys first and by number, canonical JSON has them by their text. */
const INTEGER_KEY = /"(?:0|[1-9]\d*)":/;

/** What the client's `JSON.stringify` makes the same text of again. */
function inCanonicalOrder(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return INTEGER_KEY.test(text) ? sorted(value) : value;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return new Proxy(Object.fromEntries(members), {
    ownKeys: (target) => Reflect.ownKeys(target).sort(),
  });
}

function withoutId({ [ID_AS_GIVEN]: _, ...metadata }: Members): Metadata {
  return metadata as Metadata;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
