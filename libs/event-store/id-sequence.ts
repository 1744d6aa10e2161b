// Checks in log order that each event's id follows from what it says: an event is the first of its
// command, or the one after the event before it in the same stream.
import { eventId } from './event-id.ts';
import type { EventText } from './port.ts';

export class IdSequence {
  #before: { readonly stream: string; readonly ordinal: number } | undefined;

  /** The next event of the log; false when its id is another one than its content gives. */
  follows({ id, stream, type, metadata, data }: EventText): boolean {
    const source = { stream, type, key: metadata.idempotencyKey, canonicalData: data };
    const next = this.#before?.stream === stream ? this.#before.ordinal + 1 : 0;
    const ordinal = [0, next].find((each) => eventId({ ...source, ordinal: each }) === id);
    if (ordinal === undefined) return false;
    this.#before = { stream, ordinal };
    return true;
  }
}
