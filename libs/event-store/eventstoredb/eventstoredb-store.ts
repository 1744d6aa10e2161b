// The log on EventStoreDB, to which several processes may write. Each append is a call of its own
// to the leader, at exactly the revision it expects; those to one stream follow one another. What
// surely was not stored is tried again; what may have been stored is said to be unknown.
import { canonicalAppend } from '../canonical-event.ts';
import { LogCorrupt } from '../log-file-errors.ts';
import {
  type Appended,
  type AppendedEvent,
  AppendTooLarge,
  type EventStore,
  type ExpectedRevision,
  OutcomeUnknown,
  StoreUnavailable,
  WrongExpectedRevision,
} from '../port.ts';
import type { AppendResult, EventData, WrongExpectedVersionError } from '@eventstore/db-client';
import { CallFailed } from './call-failed.ts';
import { EventStoreDbReader } from './eventstoredb-reader.ts';
import type { Mark } from './marks.ts';
import { toStore } from './stored-event.ts';

interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: EventData[];
}

export class EventStoreDbStore extends EventStoreDbReader implements EventStore {
  readonly isOnlyWriter = false;
  /** The last append under way to each stream; settles when it is done, and never rejects. */
  readonly #underWay = new Map<string, Promise<void>>();

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly AppendedEvent[],
  ): Promise<Appended> {
    const { canonical } = canonicalAppend(stream, events);
    const stored = events.map((event, i) => toStore(event, canonical[i]!));
    return this.#inTurn(stream, () => this.#append({ stream, expected, events: stored }));
  }

  /** See Marks. */
  changeMark(
    mark: Mark,
    change: (now: string | undefined) => string | null,
  ): Promise<string | undefined> {
    return this.asking(() => this.marks.change(mark, change));
  }

  /** What is under way is still answered. */
  override async close(): Promise<void> {
    await Promise.all(this.#underWay.values());
    await super.close();
  }

  /** The server takes calls that come at once in any order. */
  #inTurn<T>(stream: string, append: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(stream);
    const appended = before === undefined ? append() : before.then(append);
    const ended = () => {
      if (this.#underWay.get(stream) === done) this.#underWay.delete(stream);
    };
    const done: Promise<void> = appended.then(ended, ended);
    this.#underWay.set(stream, done);
    return appended;
  }

  async #append(append: Append): Promise<Appended> {
    const { stream, expected, events } = append;
    const expectedRevision = expected === 'no_stream' ? expected : BigInt(expected);
    const options = { ...this.connection.callOptions, expectedRevision };
    let result: AppendResult;
    try {
      result = await this.connection.callAgain(['not_done'], (client) =>
        this.connection.inTime(client.appendToStream(this.prefix + stream, events, options)),
      );
    } catch (error) {
      throw error instanceof CallFailed ? this.#outcomeOf(append, error) : error;
    }
    this.news.tell();
    return this.#appended(append, result);
  }

  async #appended({ stream, expected, events }: Append, result: AppendResult): Promise<Appended> {
    const last = Number(result.nextExpectedRevision);
    const revision = last - events.length + 1;
    const wanted = expected === 'no_stream' ? 0 : expected + 1;
    // A stream that somebody deleted softly takes events at *no stream*, behind the deleted ones.
    if (revision !== wanted)
      throw new LogCorrupt(
        this.connection.log,
        `${stream} was deleted: what was to stand at ${wanted} stands at ${revision}`,
      );
    if (result.position !== undefined) return { revision, position: result.position.commit };
    // For a repeat that comes before the first append is indexed the server knows no position.
    const [event] = await this.readStream(stream, { from: last, limit: 1 });
    if (event === undefined) throw new OutcomeUnknown(`${stream}@${last} cannot be read back`);
    return { revision, position: event.position };
  }

  #outcomeOf({ stream, expected }: Append, failure: CallFailed): Error {
    const message = `${this.connection.log}: ${failure.message}`;
    const options = { cause: failure };
    switch (failure.kind) {
      case 'conflict': {
        const { actualVersion } = failure.cause as WrongExpectedVersionError;
        const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : 'no_stream';
        return new WrongExpectedRevision(stream, expected, actual);
      }
      case 'too_large':
        return new AppendTooLarge(`${stream}: ${message}`, options);
      case 'refused':
      case 'not_done':
        return new StoreUnavailable(message, options);
      case 'unknown':
        return new OutcomeUnknown(`${stream}: ${message}`, options);
      default:
        return this.meaningOf(failure, stream);
    }
  }
}
