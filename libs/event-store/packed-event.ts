// How an event is packed into a row: ids as 16 bytes, hashes as 32, times as milliseconds. A value
// of another form is kept as its text, so that what comes back is exactly what went in.
import type { Metadata } from '#ledger/metadata.ts';

/** One bound or read column of `events`. */
export type Packed = string | number | Uint8Array | null;

/** `event.metadata` in the order of the columns recorded_at … request_hash, the event's id among them. */
export interface PackedEnvelope {
  readonly recordedAt: Packed;
  readonly id: Packed;
  readonly correlationId: Packed;
  readonly causationId: Packed;
  readonly idempotencyKey: Packed;
  readonly requestHash: Packed;
}

export function packEnvelope(id: string, metadata: Metadata): PackedEnvelope {
  const { correlationId, causationId, idempotencyKey, requestHash } = metadata;
  return {
    recordedAt: packTime(metadata.recordedAt),
    id: packUuid(id),
    correlationId: packUuid(correlationId),
    causationId: causationId === correlationId ? null : packUuid(causationId),
    idempotencyKey: idempotencyKey === undefined ? null : packUuid(idempotencyKey),
    requestHash: requestHash === undefined ? null : packHash(requestHash),
  };
}

/** Members in canonical order. */
export function unpackMetadata(actor: string, packed: Omit<PackedEnvelope, 'id'>): Metadata {
  const correlationId = unpackUuid(packed.correlationId);
  const metadata: Metadata = {
    actor,
    causationId: packed.causationId === null ? correlationId : unpackUuid(packed.causationId),
    correlationId,
    recordedAt: unpackTime(packed.recordedAt),
  };
  if (packed.idempotencyKey !== null) metadata.idempotencyKey = unpackUuid(packed.idempotencyKey);
  if (packed.requestHash !== null) metadata.requestHash = unpackHash(packed.requestHash);
  return metadata;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function packUuid(text: string): Packed {
  return UUID.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : text;
}

export function unpackUuid(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const hex = hexOf(packed, 16);
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-` +
    `${hex.slice(16, 20)}-${hex.slice(20)}`
  );
}

const HASH = /^[0-9a-f]{64}$/;

function packHash(text: string): Packed {
  return HASH.test(text) ? Buffer.from(text, 'hex') : text;
}

function unpackHash(packed: Packed): string {
  return typeof packed === 'string' ? packed : hexOf(packed, 32);
}

function packTime(text: string): Packed {
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

function hexOf(packed: Packed, bytes: number): string {
  if (packed === null || typeof packed !== 'object' || packed.length !== bytes)
    throw new RangeError(`a packed id or hash is not of ${bytes} bytes`);
  return Buffer.from(packed.buffer, packed.byteOffset, bytes).toString('hex');
}
