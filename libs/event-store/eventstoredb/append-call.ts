// Appends over one call that stays open for as long as its connection: a call of its own costs an
// append more than all the rest of it. Each append has an answer of its own here, and a timer; when
// the call fails, what was sent on it and not answered fails with it, on this connection alone.
import { randomUUID } from 'node:crypto';
import type { BaseOptions, EventStoreDBClient } from '@eventstore/db-client';
import type { CanonicalParts, ExpectedRevision } from '../port.ts';
import { CallFailed, noAnswer } from './call-failed.ts';
import { bytesOf, field, message, numberField, type Part, text } from './protobuf.ts';
import {
  BatchAppendResp,
  type Bytes,
  onConnection,
  openBatchAppend,
  parseUUID,
  unpackToCommandError,
} from './protocol.ts';
import { keptMetadata } from './stored-event.ts';

export interface AppendRequest {
  /** As the server has it. */
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly canonical: CanonicalParts;
  }[];
  readonly callMs: number;
  readonly graceMs: number;
}

/** Stored, or why the server did not: one of the client's errors. */
export type AppendAnswer =
  | { readonly nextExpectedRevision: bigint; readonly position?: { readonly commit: bigint } }
  | Error;

interface Unanswered {
  readonly resolve: (answer: AppendAnswer) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The open calls of the clients of one store. */
export class AppendCalls {
  readonly #open = new WeakMap<object, AppendCall>();
  readonly #options: BaseOptions;

  constructor(options: BaseOptions) {
    this.#options = options;
  }

  /**
   * Rejects when the call failed, with the client's error or, after no answer for too long, with
   * CallFailed. `onOpened` gets each new call: whoever lets the client go ends it.
   */
  append(
    client: EventStoreDBClient,
    request: AppendRequest,
    onOpened: (call: AppendCall) => void,
  ): Promise<AppendAnswer> {
    return onConnection(client, (connection) => {
      let call = this.#open.get(connection);
      if (call === undefined || call.isOver) {
        call = new AppendCall(openBatchAppend(connection, client, this.#options));
        this.#open.set(connection, call);
        onOpened(call);
      }
      return call.append(request);
    });
  }
}

export class AppendCall {
  isOver = false;
  readonly #call: Bytes;
  readonly #unanswered = new Map<string, Unanswered>();
  #isEnding = false;

  constructor(call: Bytes) {
    this.#call = call;
    call.on('data', (bytes: Buffer) => this.#hear(bytes));
    // The listener for errors stays: one that comes late must not be uncaught.
    call.on('error', (error) => this.#over(error));
    call.on('end', () => this.#over(new CallFailed('unknown', false, 'the server ended the call')));
  }

  append(request: AppendRequest): Promise<AppendAnswer> {
    const { callMs, graceMs } = request;
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      const timer = setTimeout(() => {
        this.#settled(id);
        reject(noAnswer(callMs + graceMs));
      }, callMs + graceMs);
      this.#unanswered.set(id, { resolve, reject, timer });
      this.#call.write(bytesOf(asked(id, request)));
    });
  }

  /** After the last answer, or the time for it. */
  end(): void {
    this.#isEnding = true;
    this.#endIfDone();
  }

  #hear(bytes: Buffer): void {
    const answer = BatchAppendResp.deserializeBinary(bytes);
    const append = this.#settled(parseUUID(answer.getCorrelationId()));
    if (append === undefined) return;
    const status = answer.getError();
    const stored = answer.getSuccess();
    if (stored === undefined) {
      const stream = Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []);
      return append.resolve(unpackToCommandError(status!, stream.toString()));
    }
    const position = stored.getPosition();
    append.resolve({
      nextExpectedRevision: BigInt(stored.getCurrentRevision()),
      ...(position && { position: { commit: BigInt(position.getCommitPosition()) } }),
    });
  }

  #settled(id: string): Unanswered | undefined {
    const append = this.#unanswered.get(id);
    clearTimeout(append?.timer);
    this.#unanswered.delete(id);
    if (this.#isEnding) this.#endIfDone();
    return append;
  }

  #endIfDone(): void {
    if (this.#unanswered.size > 0 || this.isOver) return;
    this.isOver = true;
    this.#call.cancel();
  }

  #over(error: unknown): void {
    this.isOver = true;
    for (const { reject, timer } of this.#unanswered.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#unanswered.clear();
  }
}

/** BatchAppendReq of streams.proto; members by their numbers there. */
function asked(id: string, { stream, expected, events, callMs }: AppendRequest): Part {
  // For so long and not until then: the server's clock need not agree with ours.
  const [seconds, nanos] = [Math.floor(callMs / 1_000), (callMs % 1_000) * 1_000_000];
  const options = message(
    field(1, field(3, text(stream))),
    expected === 'no_stream' ? field(3, NOTHING) : numberField(2, expected),
    field(7, message(numberField(1, seconds), numberField(2, nanos))),
  );
  const proposed = events.map((event) => field(3, proposedEvent(event)));
  const isFinal = numberField(4, 1);
  return message(field(1, field(2, text(id))), field(2, options), ...proposed, isFinal);
}

const NOTHING = message();

function proposedEvent({ id, type, canonical }: AppendRequest['events'][number]): Part {
  return message(
    field(1, field(2, text(id))),
    field(2, message(field(1, text('type')), field(2, text(type)))),
    IS_JSON,
    field(3, text(keptMetadata(id, canonical))),
    field(4, text(canonical.data)),
  );
}

const IS_JSON = field(
  2,
  message(field(1, text('content-type')), field(2, text('application/json'))),
);
