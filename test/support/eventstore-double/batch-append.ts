// BatchAppend: one call that many appends share. What fails one append is an answer to it; a
// failure of the call, such as not being the leader, ends it for all of them.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import * as failures from './failures.ts';
import type { Node } from './node.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { shared, streams } from './protocol.ts';
import type { ProposedEvent } from './record.ts';
import { callerOf, expectedOf, nameOf, proposed } from './requests.ts';
import type { Write } from './stored-log.ts';

type Request = streamMessages.BatchAppendReq;
type Response = streamMessages.BatchAppendResp;

interface Pending {
  readonly write: Write & { readonly change: ProposedEvent[] };
  bytes: number;
}

export function batchAppend(node: Node, call: ServerDuplexStream<Request, Response>): void {
  const denied = node.denied(call.metadata);
  const caller = callerOf(call);
  const pending = new Map<string, Pending>();
  let unanswered = 0;
  let isEnded = Boolean(denied);
  const answered = (request: Request, write: Write, outcome: Outcome) => {
    unanswered -= 1;
    if (call.cancelled) return;
    if (outcome.kind === 'failed') call.emit('error', outcome.error);
    else if (outcome.kind !== 'silent') call.write(answer(request, write, outcome));
    if (isEnded && unanswered === 0) call.end();
  };
  call.on('error', () => undefined);
  call.on('end', () => {
    isEnded = true;
    if (unanswered === 0 && !denied) call.end();
  });
  call.on('data', (request: Request) => {
    const id = request.getCorrelationId()?.getString() ?? '';
    const taken = take(pending, id, request);
    if (denied || !taken) return;
    const isTooLarge = taken.bytes > failures.MAX_APPEND_BYTES;
    if (!isTooLarge && !request.getIsFinal()) return;
    pending.delete(id);
    unanswered += 1;
    const outcome: Promise<Outcome> = isTooLarge
      ? Promise.resolve({ kind: 'too_large' })
      : outcomeOf(node, taken.write, caller);
    void outcome.then((it) => node.faults.answer(() => answered(request, taken.write, it)));
  });
  if (denied) call.emit('error', denied);
}

/** The append so far; undefined for the rest of one that was refused before its end. */
function take(pending: Map<string, Pending>, id: string, request: Request): Pending | undefined {
  const options = request.getOptions();
  if (options) {
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.getStreamPosition());
    pending.set(id, { write: { stream, expected, change: [] }, bytes: 0 });
  }
  const taken = pending.get(id);
  for (const message of taken ? request.getProposedMessagesList() : []) {
    const event = proposed(message);
    taken!.write.change.push(event);
    taken!.bytes += event.data.length;
  }
  return taken;
}

function answer(request: Request, { stream, expected }: Write, outcome: Outcome): Response {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  response.setStreamIdentifier(identifier);
  if (outcome.kind === 'stored') {
    const at = new shared.AllStreamPosition();
    at.setCommitPosition(String(outcome.position));
    at.setPreparePosition(String(outcome.position));
    const success = new streams.BatchAppendResp.Success();
    success.setPosition(at);
    if (outcome.revision < 0) success.setNoStream(new shared.Empty());
    else success.setCurrentRevision(String(outcome.revision));
    response.setSuccess(success);
  } else if (outcome.kind === 'too_large') {
    response.setError(failures.appendTooLargeInBatch());
  } else if (outcome.kind === 'timed_out') {
    response.setError(failures.timedOutInBatch());
  } else if (outcome.kind === 'refused' && outcome.why === 'stream_deleted') {
    response.setError(failures.streamDeletedInBatch(stream));
  } else if (outcome.kind === 'refused') {
    response.setError(failures.wrongVersionInBatch(expected, outcome.current));
  }
  return response;
}
