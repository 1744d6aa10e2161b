// The calls that write once: Append, Delete and Tombstone.
import type {
  sendUnaryData,
  ServerReadableStream,
  ServerUnaryCall,
  ServiceError,
} from '@grpc/grpc-js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import * as failures from './failures.ts';
import type { Node } from './node.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { shared, streams } from './protocol.ts';
import type { ProposedEvent } from './record.ts';
import { callerOf, expectedOf, nameOf, proposed } from './requests.ts';
import type { Stored, Write } from './stored-log.ts';

type AppendReq = streamMessages.AppendReq;
type AppendResp = streamMessages.AppendResp;

/** Answers once: a call that is too large is refused before it is read to its end. */
export function append(
  node: Node,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
): void {
  const events: ProposedEvent[] = [];
  let options: streamMessages.AppendReq.Options | undefined;
  let bytes = 0;
  let refusal: ServiceError | undefined = node.denied(call.metadata);
  if (refusal) answer(refusal);
  call.on('error', () => undefined);
  call.on('data', (request: AppendReq) => {
    if (refusal) return;
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (!message) return;
    const event = proposed(message);
    events.push(event);
    bytes += event.data.length;
    if (bytes <= failures.MAX_APPEND_BYTES) return;
    refusal = failures.appendTooLarge();
    answer(refusal);
  });
  const complete = () => {
    if (refusal || !options || call.cancelled) return;
    const stream = nameOf(options.getStreamIdentifier());
    const write = { stream, expected: expectedOf(options, options.getRevision()), change: events };
    void outcomeOf(node, write, callerOf(call)).then((outcome) =>
      node.faults.answer(() => answerAppend(outcome, write, answer)),
    );
  };
  // A call that is cut off ends too, and is cancelled right after: half an append is none.
  call.on('end', () => setImmediate(complete));
}

function answerAppend(outcome: Outcome, write: Write, answer: sendUnaryData<AppendResp>): void {
  if (outcome.kind === 'stored') answer(null, appended(outcome));
  else if (outcome.kind === 'refused' && outcome.why === 'wrong_expected_version')
    answer(null, failures.wrongVersionAnswer(write.expected, outcome.current));
  else answerFailure(outcome, write, answer);
}

function answerFailure<T>(outcome: Outcome, { stream }: Write, answer: sendUnaryData<T>): void {
  if (outcome.kind === 'failed') answer(outcome.error);
  if (outcome.kind === 'timed_out') answer(failures.timedOut('Commit phase timeout.'));
  if (outcome.kind === 'refused') answer(failures.streamDeleted(stream));
}

function appended({ revision, position }: Stored): AppendResp {
  const at = new streams.AppendResp.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  const success = new streams.AppendResp.Success();
  success.setPosition(at);
  if (revision < 0) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(revision));
  const answer = new streams.AppendResp();
  answer.setSuccess(success);
  return answer;
}

type RemoveReq = streamMessages.DeleteReq | streamMessages.TombstoneReq;

interface RemoveResp {
  setPosition(position: streamMessages.DeleteResp.Position): unknown;
}

interface Removal<R> {
  readonly change: 'delete' | 'tombstone';
  readonly response: (new () => R) & { readonly Position: new () => any };
}

/** Delete or Tombstone. */
export function removal<Q extends RemoveReq, R extends RemoveResp>(
  node: Node,
  { change, response }: Removal<R>,
) {
  return (call: ServerUnaryCall<Q, R>, answer: sendUnaryData<R>): void => {
    const denied = node.denied(call.metadata);
    const options = call.request.getOptions();
    if (denied || !options) {
      answer(denied ?? failures.invalid('no options'));
      return;
    }
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.getRevision());
    const write: Write = { stream, expected, change };
    const give = (outcome: Outcome) => {
      if (outcome.kind === 'stored') {
        const at = new response.Position();
        at.setCommitPosition(String(outcome.position));
        at.setPreparePosition(String(outcome.position));
        const removed = new response();
        removed.setPosition(at);
        answer(null, removed);
      } else if (outcome.kind === 'refused' && outcome.why === 'wrong_expected_version') {
        answer(failures.deleteAtWrongVersion(stream, expected, outcome.current));
      } else {
        answerFailure(outcome, write, answer);
      }
    };
    void outcomeOf(node, write, callerOf(call)).then((outcome) =>
      node.faults.answer(() => give(outcome)),
    );
  };
}
