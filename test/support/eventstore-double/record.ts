// An event as the double stores and sends it.
import { bytesField, numberField } from './protocol.ts';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredEvent {
  /** Commit and prepare position: the same for an event that is not part of an old transaction. */
  readonly position: number;
  readonly stream: string;
  /** A tombstone's is larger than a number holds, and not told. */
  readonly revision: number;
  readonly type: string;
  /** The RecordedEvent message without its positions. */
  readonly record: Uint8Array;
}

/** Of the tombstone, the last revision there can be. */
export const TOMBSTONE_REVISION = 2n ** 63n - 1n;

const TICKS_PER_MS = 10_000n;

/** Field numbers are those of streams.proto, message ReadResp.ReadEvent.RecordedEvent. */
export function recordOf(
  event: ProposedEvent,
  stream: string,
  revision: number | bigint,
  createdMs: number,
): Buffer {
  return Buffer.concat([
    bytesField(1, bytesField(2, event.id)),
    bytesField(2, bytesField(3, stream)),
    numberField(3, revision),
    bytesField(6, entry('type', event.type)),
    bytesField(6, entry('created', String(BigInt(createdMs) * TICKS_PER_MS))),
    bytesField(
      6,
      entry('content-type', event.isJson ? 'application/json' : 'application/octet-stream'),
    ),
    bytesField(7, event.metadata),
    bytesField(8, event.data),
  ]);
}

function entry(key: string, value: string): Buffer {
  return Buffer.concat([bytesField(1, key), bytesField(2, value)]);
}

/** The bytes of a ReadResp that holds the event. */
export function eventResponse({ record, position }: StoredEvent): Buffer {
  const recorded = Buffer.concat([record, numberField(4, position), numberField(5, position)]);
  return bytesField(1, Buffer.concat([bytesField(1, recorded), numberField(3, position)]));
}
