// The protocol of an EventStoreDB as the client ships it: its services and messages, and the few
// messages that are written by hand because they are stored as they are sent.
import { createRequire } from 'node:module';
import type gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type gossipMessages from '@eventstore/db-client/generated/gossip_pb.js';
import type featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import type statusMessages from '@eventstore/db-client/generated/status_pb.js';
import type streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';

const here = createRequire(import.meta.url);
const client = '@eventstore/db-client/generated';

export const { GossipService }: typeof gossipServices = here(`${client}/gossip_grpc_pb.js`);
export const gossip: typeof gossipMessages = here(`${client}/gossip_pb.js`);
export const { ServerFeaturesService }: typeof featureServices = here(
  `${client}/serverfeatures_grpc_pb.js`,
);
export const features: typeof featureMessages = here(`${client}/serverfeatures_pb.js`);
export const shared: typeof sharedMessages = here(`${client}/shared_pb.js`);
export const statuses: typeof statusMessages = here(`${client}/status_pb.js`);
export const { StreamsService }: typeof streamServices = here(`${client}/streams_grpc_pb.js`);
export const streams: typeof streamMessages = here(`${client}/streams_pb.js`);

const fromClient = createRequire(here.resolve('@eventstore/db-client'));
export const { Any } = fromClient('google-protobuf/google/protobuf/any_pb.js');

const LENGTH_DELIMITED = 2;

/** A member of a message that is bytes, a text or a message. */
export function bytesField(field: number, value: Uint8Array | string): Buffer {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | LENGTH_DELIMITED), varint(content.length), content]);
}

export function numberField(field: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

/** https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  if (typeof value === 'number' && value < 0x4000)
    return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
