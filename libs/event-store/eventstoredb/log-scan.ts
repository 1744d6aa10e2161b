// One way through the server's whole log: takes the ledger's events and counts them, passes by what
// belongs to the server or, under a prefix, to others, and stops by name at what must not be there.
import type { AllStreamResolvedEvent, Position as ServerPosition } from '@eventstore/db-client';
import { eventRef, isLedgerStream } from '#ledger/streams.ts';
import { LogCorrupt } from '../log-file-errors.ts';
import { NO_POSITION, type Place, type StreamEvent } from '../port.ts';
import { CallFailed } from './call-failed.ts';
import type { Connection } from './connection.ts';
import { LastRevisions } from './last-revisions.ts';
import { LogNotAlone } from './log-errors.ts';
import { READ_BUFFER, readPage } from './read-page.ts';
import { fromStore } from './stored-event.ts';

/** A read that passes by others' events asks for at least as many. */
const MIN_PASSING = 500;

/** No read asks for more at once: a failed one begins anew. */
const MAX_PAGE = 5_000;

/** The type of the one event of a stream that was deleted for good. */
const TOMBSTONE = '$streamDeleted';

/** Takes an event of the ledger; false when no more is wanted. */
export type TakeEvent = (event: StreamEvent, logIndex: number) => boolean;

/** What is read. */
export interface Scope {
  readonly connection: Connection;
  readonly prefix: string;
  /** None of the log's events stands before it. */
  readonly begin: ServerPosition | undefined;
}

export class LogScan {
  readonly #connection: Connection;
  readonly #prefix: string;
  /** Of the last event that was taken. */
  #place: Place;
  /** The last event of any kind that was seen; undefined before the server's first. */
  #seen: ServerPosition | undefined;
  /** Nothing was read yet: the event at the place must still be there. */
  #isFresh: boolean;
  readonly #isFromStart: boolean;
  readonly #revisions = new LastRevisions();

  constructor({ connection, prefix, begin }: Scope, after: Place) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#place = after;
    this.#isFromStart = after.position === NO_POSITION;
    this.#isFresh = !this.#isFromStart;
    this.#seen = this.#isFresh ? { commit: after.position, prepare: after.position } : begin;
  }

  get place(): Place {
    return this.#place;
  }

  /** Of the last event of any kind, NO_POSITION before the first. */
  get seen(): bigint {
    return this.#seen?.commit ?? NO_POSITION;
  }

  /** Reads on until the taker has enough or the log ends. Resolves to whether it ended. */
  async read(wanted: number, take: TakeEvent): Promise<boolean> {
    let taken = 0;
    let isPassing = false;
    const takeCounted: TakeEvent = (event, logIndex) => {
      taken += 1;
      return take(event, logIndex) && taken < wanted;
    };
    for (;;) {
      const left = Math.min(wanted - taken, MAX_PAGE);
      const count = (isPassing ? Math.max(left, MIN_PASSING) : left) + 1;
      const page = await this.#page(count, takeCounted);
      if (page === 'enough') return false;
      if (page === 'end') return true;
      isPassing = true;
    }
  }

  /** A failed read goes on after the last event that it gave. */
  async #page(count: number, take: TakeEvent): Promise<'enough' | 'more' | 'end'> {
    const { callMs } = this.#connection.patience;
    let given = 0;
    const page = this.#connection.callAgain(['not_done', 'unknown'], (client) => {
      given = 0;
      const events = client.readAll(
        {
          ...this.#connection.callOptions,
          fromPosition: this.#seen ?? 'start',
          maxCount: count,
        },
        READ_BUFFER,
      );
      return readPage(events, callMs, (resolved) => {
        given += 1;
        return this.#see(resolved, take);
      });
    });
    const isWhole = await page.catch((error: unknown) => {
      const isNoPlace = error instanceof CallFailed && error.kind === 'no_place';
      throw isNoPlace ? this.#isBeyond() : error;
    });
    if (this.#isFresh) throw this.#isBeyond();
    if (!isWhole) return 'enough';
    return given < count ? 'end' : 'more';
  }

  #see(resolved: AllStreamResolvedEvent, take: TakeEvent): boolean {
    const event = resolved.event;
    if (event === undefined) return true;
    const { position } = event;
    if (this.#isFresh) {
      if (position.commit !== this.#place.position) throw this.#isBeyond();
      this.#isFresh = false;
      this.#revisions.set(event.streamId.slice(this.#prefix.length), Number(event.revision));
      return true;
    }
    // A read begins with the event at the position that it is given.
    if (this.#seen !== undefined && !isAfter(position, this.#seen)) return true;
    if (event.streamId.startsWith('$') || !event.streamId.startsWith(this.#prefix)) {
      this.#seen = position;
      return true;
    }
    const recorded = this.#recorded(event);
    const logIndex = this.#place.logIndex + 1;
    this.#seen = position;
    this.#place = { position: recorded.position, logIndex };
    return take(recorded, logIndex);
  }

  #recorded(event: NonNullable<AllStreamResolvedEvent['event']>): StreamEvent {
    const { log } = this.#connection;
    const stream = event.streamId.slice(this.#prefix.length);
    if (event.type === TOMBSTONE)
      throw new LogCorrupt(log, `${stream} was deleted for good; its events are lost or will be`);
    const recorded = fromStore(event, stream);
    const ref = eventRef(stream, Number(event.revision));
    // Another ledger's events are like ours, but for the rest of its prefix before their names.
    if (recorded === undefined || !isLedgerStream(stream))
      throw new LogNotAlone(log, `${ref} (${event.type})`);
    const next = this.#nextOf(stream) ?? recorded.revision;
    if (recorded.revision !== next)
      throw new LogCorrupt(log, `${eventRef(stream, next)} is missing before ${ref}`);
    this.#revisions.set(stream, recorded.revision);
    return recorded;
  }

  /** Undefined when the scan did not see enough of the log to know. */
  #nextOf(stream: string): number | undefined {
    const last = this.#revisions.of(stream);
    if (last !== undefined) return last + 1;
    return this.#isFromStart && !this.#revisions.hasForgotten ? 0 : undefined;
  }

  #isBeyond(): Error {
    const { position } = this.#place;
    return new RangeError(`${position} is beyond the end of the log: it is of another log`);
  }
}

function isAfter(one: ServerPosition, other: ServerPosition): boolean {
  return one.commit === other.commit ? one.prepare > other.prepare : one.commit > other.commit;
}
