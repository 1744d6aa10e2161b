// What of the server's protocol is spoken without the client's help: the client's own messages, and
// those of its members that its types keep to themselves.
import { createRequire } from 'node:module';
import type { BaseOptions, EventStoreDBClient } from '@eventstore/db-client';
import type sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type statusMessages from '@eventstore/db-client/generated/status_pb.js';
import type streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';

const here = createRequire(import.meta.url);
const client = '@eventstore/db-client';

const { StreamsClient }: typeof streamServices = here(`${client}/generated/streams_grpc_pb.js`);
const { BatchAppendResp }: typeof streamMessages = here(`${client}/generated/streams_pb.js`);
const { unpackToCommandError } = here(`${client}/dist/streams/appendToStream/unpackError.js`) as {
  /** One of the client's errors, with a `type`. */
  unpackToCommandError(status: statusMessages.Status, stream: string): Error;
};
const { parseUUID, convertToCommandError } = here(`${client}/dist/utils/index.js`) as {
  /** Undefined or in either of the forms that a server may answer in. */
  parseUUID(id: sharedMessages.UUID | undefined): string;
  /** One of the client's errors, with a `type`; what is no error of a call stays what it is. */
  convertToCommandError(error: unknown): unknown;
};

export { BatchAppendResp, parseUUID, unpackToCommandError };

/** A call to which messages are written, and from which they come, as bytes. */
export interface Bytes {
  write(message: Buffer): void;
  cancel(): void;
  on(event: 'data', listener: (message: Buffer) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'end', listener: () => void): void;
}

type GrpcClient = streamServices.StreamsClient;
type CallArguments = Required<Parameters<GrpcClient['batchAppend']>>;

interface Inside {
  /** Closes the channel upon errors after which the client opens another. */
  execute<T>(
    Client: typeof StreamsClient,
    name: string,
    ask: (client: GrpcClient) => Promise<T>,
  ): Promise<T>;
  callArguments(options: BaseOptions, call: { deadline: number }): CallArguments;
}

const inside = (client: EventStoreDBClient) => client as unknown as Inside;

/** `ask` gets the connection that the client has at the moment: the same object while it lasts. */
export async function onConnection<T>(
  client: EventStoreDBClient,
  ask: (connection: GrpcClient) => Promise<T>,
): Promise<T> {
  try {
    return await inside(client).execute(StreamsClient, 'appendToStream', ask);
  } catch (error) {
    throw convertToCommandError(error);
  }
}

const BATCH_APPEND = '/event_store.client.streams.Streams/BatchAppend';
const asIs = (bytes: Buffer): Buffer => bytes;

/** A call for appends that stays open; messages are written and read as bytes. */
export function openBatchAppend(
  connection: GrpcClient,
  client: EventStoreDBClient,
  options: BaseOptions,
): Bytes {
  const asked = inside(client).callArguments(options, { deadline: Number.POSITIVE_INFINITY });
  return connection.makeBidiStreamRequest(BATCH_APPEND, asIs, asIs, ...asked);
}
