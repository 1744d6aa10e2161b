// The log on EventStoreDB, to which several processes may write. Each append goes to the leader at
// exactly the revision it expects; those to one stream follow one another. What surely was not
// stored is tried again; what may have been stored is said to be unknown.
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
import type { WrongExpectedVersionError } from '@eventstore/db-client';
import { type AppendAnswer, AppendCalls, type AppendRequest } from './append-call.ts';
import { callFailed, CallFailed, type FailureKind, wasNeverSent } from './call-failed.ts';
import { GRACE_MS } from './connection.ts';
import { EventStoreDbReader } from './eventstoredb-reader.ts';
import type { Mark } from './marks.ts';
import { toStore } from './stored-event.ts';

interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: AppendRequest['events'];
}

type Stored = Extract<AppendAnswer, { readonly nextExpectedRevision: bigint }>;

/** Of an append that was sent before, these say nothing about the first time. */
const UNCERTAIN: ReadonlySet<FailureKind> = new Set(['refused', 'not_done']);

export class EventStoreDbStore extends EventStoreDbReader implements EventStore {
  readonly isOnlyWriter = false;
  /** The last append under way to each stream; settles when it is done, and never rejects. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #calls = new AppendCalls(this.connection.callOptions);

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly AppendedEvent[],
  ): Promise<Appended> {
    const { canonical } = canonicalAppend(stream, events);
    const named = events.map(({ id, type }, i) => ({ id, type, canonical: canonical[i]! }));
    return this.#inTurn(stream, () => this.#append({ stream, expected, events: named }));
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
    let result: Stored;
    try {
      result = await this.#onOpenCall(append);
    } catch (error) {
      throw error instanceof CallFailed ? this.#outcomeOf(append, error) : error;
    }
    this.news.tell();
    return this.#appended(append, result);
  }

  /** With others, over a call that is open already; when that fails for all of them, alone. */
  async #onOpenCall(append: Append): Promise<Stored> {
    const { connection } = this;
    const stream = this.prefix + append.stream;
    const request = { ...append, stream, callMs: connection.patience.callMs, graceMs: GRACE_MS };
    let isAsked = false;
    let answer: AppendAnswer;
    try {
      answer = await connection.call((client) => {
        isAsked = true;
        return this.#calls.append(client, request, (call) => {
          const { lease } = connection;
          if (lease.client === client) lease.onRetired(() => call.end());
          else call.end();
        });
      });
    } catch (error) {
      if (!(error instanceof CallFailed && error.kind === 'not_done')) throw error;
      return this.#alone(append, isAsked && !wasNeverSent(error));
    }
    if (answer instanceof Error) throw callFailed(answer);
    return answer;
  }

  /**
   * The same events again are answered with the first position. But what may have been stored with
   * the others is not said to be stored nowhere.
   */
  async #alone({ stream, expected, events }: Append, mayBeDone: boolean): Promise<Stored> {
    const { connection } = this;
    const expectedRevision = expected === 'no_stream' ? expected : BigInt(expected);
    const options = { ...connection.callOptions, expectedRevision };
    const stored = events.map((event) => toStore(event, event.canonical));
    try {
      return await connection.callAgain(['not_done'], (client) =>
        connection.inTime(client.appendToStream(this.prefix + stream, stored, options)),
      );
    } catch (error) {
      const isCertain = error instanceof CallFailed && !UNCERTAIN.has(error.kind);
      if (!mayBeDone || isCertain || !(error instanceof CallFailed)) throw error;
      throw new CallFailed('unknown', false, error.message, error.cause);
    }
  }

  async #appended({ stream, expected, events }: Append, result: Stored): Promise<Appended> {
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
