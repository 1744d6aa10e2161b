// How an EventStoreDB says no: a gRPC status whose trailers name the kind, which the client turns
// into its error types; in a batch a status message, so that the other appends go on.
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Expected } from './decide-write.ts';
import { Any, shared, statuses, streams } from './protocol.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What the real server takes unless told otherwise, in bytes of the events' data. */
export const MAX_APPEND_BYTES = 1024 * 1024;

function failure(code: status, details: string, trailers: Record<string, string> = {}) {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  const error = new Error(details) as ServiceError;
  return Object.assign(error, { code, details, metadata });
}

export const notLeader = ({ address, port }: Endpoint) =>
  failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': address,
    'leader-endpoint-port': String(port),
  });

export const streamDeleted = (stream: string) =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const appendTooLarge = () =>
  failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND_BYTES),
  });

export const accessDenied = () =>
  failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const unauthenticated = () => failure(status.UNAUTHENTICATED, 'Unauthenticated');

export const timedOut = (what: string) => failure(status.ABORTED, `Operation timed out: ${what}`);

export const unavailable = () => failure(status.UNAVAILABLE, 'Server Is Not Ready');

/** From a place that cannot be read from; in the server's words, which are different for each. */
export function unreadable(of: { hasSubscription(): boolean; hasAll(): boolean }) {
  if (of.hasSubscription()) return failure(status.UNKNOWN, 'Exception was thrown by handler.');
  const result = of.hasAll() ? 'ReadAllResult' : 'ReadStreamResult';
  return failure(status.UNKNOWN, `Unexpected ${result}: Error`);
}

export const invalid = (what: string) => failure(status.INVALID_ARGUMENT, what);

/** A delete at another revision than the stream's; an append says so in its answer. */
export const deleteAtWrongVersion = (stream: string, expected: Expected, actual: number) =>
  failure(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream},` +
      ` Expected version: ${asNumber(expected)}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(asNumber(expected)),
      'actual-version': String(actual),
    },
  );

/** The numbers that the server's own code has for what is no revision. */
function asNumber(expected: Expected): number {
  if (typeof expected === 'number') return expected;
  return { no_stream: -1, any: -2, stream_exists: -4 }[expected];
}

export function wrongVersionAnswer(expected: Expected, actual: number) {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  if (actual < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(actual));
  const answer = new streams.AppendResp();
  answer.setWrongExpectedVersion(wrong);
  return answer;
}

type Message = { serializeBinary(): Uint8Array };

function batchStatus(code: number, kind: string, details: Message) {
  const packed = new Any();
  packed.pack(details.serializeBinary(), `event_store.client.${kind}`);
  const answer = new statuses.Status();
  answer.setCode(code);
  answer.setMessage(kind);
  answer.setDetails(packed);
  return answer;
}

export function wrongVersionInBatch(expected: Expected, actual: number) {
  const wrong = new shared.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  if (actual < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentStreamRevision(String(actual));
  return batchStatus(status.ALREADY_EXISTS, 'WrongExpectedVersion', wrong);
}

export function streamDeletedInBatch(stream: string) {
  const deleted = new shared.StreamDeleted();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  deleted.setStreamIdentifier(identifier);
  return batchStatus(status.NOT_FOUND, 'StreamDeleted', deleted);
}

export function appendTooLargeInBatch() {
  const tooLarge = new shared.MaximumAppendSizeExceeded();
  tooLarge.setMaxappendsize(MAX_APPEND_BYTES);
  return batchStatus(status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', tooLarge);
}

export const timedOutInBatch = () =>
  batchStatus(status.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout());
