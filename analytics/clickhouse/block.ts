// What one insert stores: events of one stretch of the log and of one month, as lines with tabs
// between. They are encoded as they come, into bytes that are used again for a later block.
import type { EventText } from '#event-store/port.ts';
import { STRETCH, type Stretch } from './copied.ts';

const FIRST_BYTES = 1 << 20;
/** Full when it is so long, whatever it counts. */
const FULL_BYTES = 64 << 20;
/** A character takes at most three bytes of UTF-8; a pair of surrogates takes four. */
const MOST_BYTES_PER_UNIT = 3;
const LINE_FEED = 0x0a;

export class Block {
  readonly #logId: string;
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #used = 0;
  #month = '';
  #first = 0;
  #count = 0;

  constructor(logId: string) {
    this.#logId = logId;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get stretch(): Stretch {
    return { first: this.#first, last: this.#first + this.#count - 1 };
  }

  /** Good until the block is cleared. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#used);
  }

  takes({ logIndex, metadata }: EventText): boolean {
    if (this.isEmpty) return true;
    const isFull = logIndex % STRETCH === 0 || this.#used > FULL_BYTES;
    return !isFull && metadata.recordedAt.startsWith(this.#month);
  }

  /** Canonical JSON holds no raw tab or line feed; whoever acts and the key may be any text. */
  add(event: EventText): void {
    const { actor, recordedAt, correlationId, causationId, idempotencyKey, requestHash } =
      event.metadata;
    if (this.isEmpty) {
      this.#first = event.logIndex;
      this.#month = recordedAt.slice(0, 7);
    }
    const key = idempotencyKey === undefined ? '' : JSON.stringify(idempotencyKey);
    this.#write(
      `${this.#logId}\t${event.logIndex}\t${event.stream}\t${event.revision}\t${event.type}\t` +
        `${event.id}\t${recordedAt}\t${JSON.stringify(actor)}\t${correlationId}\t` +
        `${causationId}\t${key}\t${requestHash ?? ''}\t`,
    );
    this.#write(event.data);
    this.#buffer[this.#used] = LINE_FEED;
    this.#used += 1;
    this.#count += 1;
  }

  clear(): void {
    this.#used = 0;
    this.#count = 0;
  }

  #write(text: string): void {
    const most = this.#used + text.length * MOST_BYTES_PER_UNIT + 1;
    if (most > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * most);
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#used += this.#buffer.write(text, this.#used);
  }
}
