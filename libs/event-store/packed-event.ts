// How an event is packed into a row: ids as 16 bytes, hashes as 32, times as milliseconds. A value
// of another form is kept as its text, so that what comes back is exactly what went in.
import type { Metadata } from '#ledger/metadata.ts';

/** One bound or read column of `events`. */
export type Packed = string | number | Uint8Array | null;

/** The columns from recorded_at to request_hash. */
export interface PackedEnvelope {
  readonly recordedAt: Packed;
  readonly ids: Packed;
  readonly idempotencyKey: Packed;
  readonly requestHash: Packed;
}

/** The actor is kept apart, by number. */
export interface Envelope {
  readonly id: string;
  readonly metadata: Metadata;
}

export function packEnvelope({ id, metadata }: Envelope): PackedEnvelope {
  const { correlationId, causationId, idempotencyKey, requestHash } = metadata;
  return {
    recordedAt: packTime(metadata.recordedAt),
    ids: packIds(id, correlationId, causationId),
    idempotencyKey: idempotencyKey === undefined ? null : packUuid(idempotencyKey),
    requestHash: requestHash === undefined ? null : packHash(requestHash),
  };
}

/** Members in canonical order. */
export function unpackEnvelope(actor: string, packed: PackedEnvelope): Envelope {
  const [id, correlationId, causationId] = unpackIds(packed.ids);
  const metadata: Metadata = {
    actor,
    causationId,
    correlationId,
    recordedAt: unpackTime(packed.recordedAt),
  };
  if (packed.idempotencyKey !== null) metadata.idempotencyKey = unpackUuid(packed.idempotencyKey);
  if (packed.requestHash !== null) metadata.requestHash = unpackHash(packed.requestHash);
  return { id, metadata };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;
const DASH = 45;

function packIds(id: string, correlationId: string, causationId: string): Packed {
  if (!UUID.test(id) || !UUID.test(correlationId) || !UUID.test(causationId))
    return JSON.stringify([id, correlationId, causationId]);
  const isSame = causationId === correlationId;
  const bytes = Buffer.allocUnsafe((isSame ? 2 : 3) * UUID_BYTES);
  writeUuid(id, bytes, 0);
  writeUuid(correlationId, bytes, UUID_BYTES);
  if (!isSame) writeUuid(causationId, bytes, 2 * UUID_BYTES);
  return bytes;
}

/** Digit by digit, without a text in between: every event has two or three. */
function writeUuid(uuid: string, bytes: Uint8Array, at: number): void {
  let next = at;
  for (let i = 0; i < uuid.length; i += 2) {
    if (uuid.charCodeAt(i) === DASH) i += 1;
    bytes[next] = (nibble(uuid.charCodeAt(i)) << 4) | nibble(uuid.charCodeAt(i + 1));
    next += 1;
  }
}

/** Of a lower-case hexadecimal digit. */
const nibble = (code: number) => (code <= 57 ? code - 48 : code - 87);

function unpackIds(ids: Packed): readonly [string, string, string] {
  if (typeof ids === 'string') return JSON.parse(ids) as [string, string, string];
  const bytes = bytesOf(ids);
  if (bytes.length !== 2 * UUID_BYTES && bytes.length !== 3 * UUID_BYTES)
    throw new RangeError(`ids are not of ${bytes.length} bytes`);
  const correlationId = uuidAt(bytes, UUID_BYTES);
  const isSame = bytes.length === 2 * UUID_BYTES;
  const causationId = isSame ? correlationId : uuidAt(bytes, 2 * UUID_BYTES);
  return [uuidAt(bytes, 0), correlationId, causationId];
}

function packUuid(text: string): Packed {
  return UUID.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : text;
}

function unpackUuid(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const bytes = bytesOf(packed);
  if (bytes.length !== UUID_BYTES) throw new RangeError(`an id is not of ${bytes.length} bytes`);
  return uuidAt(bytes, 0);
}

const HASH = /^[0-9a-f]{64}$/;

function packHash(text: string): Packed {
  return HASH.test(text) ? Buffer.from(text, 'hex') : text;
}

function unpackHash(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const bytes = bytesOf(packed);
  if (bytes.length !== 32) throw new RangeError(`a hash is not of ${bytes.length} bytes`);
  return Array.from(bytes, (byte) => HEX[byte]!).join('');
}

function packTime(text: string): Packed {
  if (text === lastTime.text) return lastTime.milliseconds;
  const milliseconds = Date.parse(text);
  const isUsual = !Number.isNaN(milliseconds) && timeText(milliseconds) === text;
  return isUsual ? milliseconds : text;
}

function unpackTime(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  if (typeof packed !== 'number') throw new RangeError('a time is neither a number nor text');
  return timeText(packed);
}

// Events of one command, and mostly of one batch, were recorded at the same time.
let lastTime = { milliseconds: 0, text: new Date(0).toISOString() };

function timeText(milliseconds: number): string {
  if (lastTime.milliseconds !== milliseconds)
    lastTime = { milliseconds, text: new Date(milliseconds).toISOString() };
  return lastTime.text;
}

function bytesOf(packed: Packed): Uint8Array {
  if (packed === null || typeof packed !== 'object')
    throw new RangeError('an id or hash is neither bytes nor text');
  return packed;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Written out: this is most of the work of reading an event. */
function uuidAt(b: Uint8Array, at: number): string {
  return (
    `${HEX[b[at]!]!}${HEX[b[at + 1]!]!}${HEX[b[at + 2]!]!}${HEX[b[at + 3]!]!}-` +
    `${HEX[b[at + 4]!]!}${HEX[b[at + 5]!]!}-${HEX[b[at + 6]!]!}${HEX[b[at + 7]!]!}-` +
    `${HEX[b[at + 8]!]!}${HEX[b[at + 9]!]!}-${HEX[b[at + 10]!]!}${HEX[b[at + 11]!]!}` +
    `${HEX[b[at + 12]!]!}${HEX[b[at + 13]!]!}${HEX[b[at + 14]!]!}${HEX[b[at + 15]!]!}`
  );
}
