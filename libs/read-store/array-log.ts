// A log that is an array, for specs of what follows a log: no store, no I/O.
import { type AllRead, START, type EventLogReader, type RecordedEvent } from '#event-store/port.ts';
import type { EventType } from '#ledger/events.ts';

export class ArrayLog implements EventLogReader {
  readonly logId: string;
  readonly events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, number>();

  constructor(logId = 'log-1') {
    this.logId = logId;
  }

  /** Appends as the store would: the next revision of the stream, the next place of the log. */
  add(stream: string, type: EventType, data: object): RecordedEvent {
    const logIndex = this.events.length;
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const event: RecordedEvent = {
      id: `00000000-0000-4000-8000-${String(logIndex).padStart(12, '0')}`,
      type,
      data,
      metadata: {
        correlationId: '00000000-0000-4000-8000-000000000000',
        causationId: '00000000-0000-4000-8000-000000000000',
        actor: 'test',
        recordedAt: '2026-01-01T00:00:00.000Z',
      },
      stream,
      revision,
      position: BigInt(logIndex),
      logIndex,
    };
    this.events.push(event);
    return event;
  }

  readAllFacts({ after = START, limit = 1_000 }: AllRead = {}): Promise<readonly RecordedEvent[]> {
    const from = after.logIndex + 1;
    return Promise.resolve(this.events.slice(from, from + limit));
  }

  head() {
    return Promise.resolve(BigInt(this.events.length) - 1n);
  }

  close() {
    return Promise.resolve();
  }

  placeOf(): never {
    throw new Error('a follower knows its place');
  }

  readToEnd(): never {
    throw new Error('a follower reads no streams');
  }

  readStream(): never {
    throw new Error('a follower reads no streams');
  }

  readAll(): never {
    throw new Error('a follower reads no envelopes');
  }

  readAllText(): never {
    throw new Error('a follower reads no text');
  }

  follow(): never {
    throw new Error('a follower reads page by page');
  }
}
