// Read: a stream or $all, forwards or backwards, a number of events or a subscription. Pages of the
// log, no faster than the reader takes them.
import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import * as failures from './failures.ts';
import { filterOf } from './filter.ts';
import type { Node } from './node.ts';
import { type Reading, pages } from './pages.ts';
import { shared, streams } from './protocol.ts';
import { eventResponse } from './record.ts';
import { callerOf, nameOf } from './requests.ts';
import { Subscription } from './subscription.ts';

type Options = streamMessages.ReadReq.Options;

/** Answers are the bytes of ReadResp messages. */
export type ReadCall = ServerWritableStream<streamMessages.ReadReq, Buffer>;

export function read(node: Node, call: ReadCall): void {
  call.on('error', () => undefined);
  const options = call.request.getOptions();
  const denied = node.denied(call.metadata, options);
  const { leader } = node.faults;
  if (denied) call.emit('error', denied);
  else if (leader && callerOf(call).requiresLeader) call.emit('error', failures.notLeader(leader));
  else if (!options) call.emit('error', failures.invalid('no options'));
  else if (isNowhere(node, options)) call.emit('error', failures.unreadable(options));
  else if (options.hasSubscription()) {
    const { reading, isStart } = readingOf(options);
    const after = isStart ? -1 : reading.from;
    const subscribed = { source: reading.source, after, filter: filterOf(options) };
    new Subscription(node, call, subscribed).start();
  } else {
    void answer(node, call, options);
  }
}

/** The server cannot read forwards from the end of a stream, nor from inside a record. */
function isNowhere(node: Node, options: Options): boolean {
  const { source, from, direction } = readingOf(options).reading;
  if (source.of === 'all') return from !== Infinity && !node.log.streams.isPlace(from, direction);
  return from === Infinity && direction === 'forwards' && !options.hasSubscription();
}

function readingOf(options: Options): { readonly reading: Reading; readonly isStart: boolean } {
  const direction = options.getReadDirection() === 0 ? 'forwards' : 'backwards';
  const all = options.getAll();
  if (all) {
    const position = Number(all.getPosition()?.getCommitPosition() ?? 0);
    const from = all.hasEnd() ? Infinity : position;
    return { reading: { source: { of: 'all' }, from, direction }, isStart: all.hasStart() };
  }
  const stream = options.getStream()!;
  const from = stream.hasEnd() ? Infinity : Number(stream.getRevision());
  const name = nameOf(stream.getStreamIdentifier());
  return {
    reading: { source: { of: 'stream', stream: name }, from, direction },
    isStart: stream.hasStart(),
  };
}

async function answer(node: Node, call: ReadCall, options: Options): Promise<void> {
  const { reading } = readingOf(options);
  const { source } = reading;
  const filter = filterOf(options);
  let left = Number(options.getCount());
  const all = pages(node.log.streams, reading, Math.min(left, 256));
  let step = all.next();
  for (; !step.done && left > 0; step = all.next()) {
    for (const event of step.value) {
      if (filter?.matches(event) === false) continue;
      if (left === 0) break;
      left -= 1;
      if (!call.write(eventResponse(event))) await drained(call);
      if (call.cancelled) return;
    }
  }
  if (step.value === 'deleted' && source.of === 'stream') {
    call.emit('error', failures.streamDeleted(source.stream));
    return;
  }
  if (step.value === 'not_found' && source.of === 'stream') call.write(notFound(source.stream));
  call.end();
}

/** Also when nobody is there any more to take it. */
async function drained(call: ReadCall): Promise<void> {
  const gone = new AbortController();
  const end = () => gone.abort();
  call.once('cancelled', end).once('close', end);
  await once(call, 'drain', { signal: gone.signal }).catch(() => undefined);
  call.off('cancelled', end).off('close', end);
}

function notFound(stream: string): Buffer {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifier);
  const response = new streams.ReadResp();
  response.setStreamNotFound(missing);
  return Buffer.from(response.serializeBinary());
}
