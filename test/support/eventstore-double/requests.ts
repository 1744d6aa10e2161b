// What a call asks for, out of the protocol's messages.
import type sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './decide-write.ts';
import type { ProposedEvent } from './record.ts';

type Proposed =
  streamMessages.AppendReq.ProposedMessage | streamMessages.BatchAppendReq.ProposedMessage;

export function proposed(message: Proposed): ProposedEvent {
  const metadata = message.getMetadataMap();
  return {
    // A GUID: the server gives it back in lower case.
    id: message.getId()?.getString().toLowerCase() ?? '',
    type: metadata.get('type') ?? '',
    isJson: metadata.get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function nameOf(identifier: sharedMessages.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** @param revision what the message says if it expects none of the others */
export function expectedOf(options: ExpectedOptions, revision: string): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return Number(revision);
}

interface Call {
  getPeer(): string;
  readonly metadata: { get(name: string): readonly (string | Buffer)[] };
}

export interface Caller {
  /** The address that the connection has for the double's gRPC server. */
  readonly peer: string;
  readonly requiresLeader: boolean;
}

export function callerOf(call: Call): Caller {
  const [requiresLeader] = call.metadata.get('requires-leader');
  return { peer: call.getPeer(), requiresLeader: String(requiresLeader).toLowerCase() === 'true' };
}
