// A test double of an EventStoreDB server: it speaks enough of the protocol for the real client, on
// a log of its own, and goes wrong when it is told to. It is for tests only, and no copy: where it
// matters to this ledger it behaves as a server of version 23.10 was measured to, and no further.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { append, removal } from './append.ts';
import { batchAppend } from './batch-append.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { Connections } from './connections.ts';
import { type Faults, SwitchedFaults } from './faults.ts';
import { Node, type NodeOptions } from './node.ts';
import { GossipService, ServerFeaturesService, streams, StreamsService } from './protocol.ts';
import { read } from './read.ts';
import { StoredLog } from './stored-log.ts';

export interface DoubleOptions extends NodeOptions {
  /** Default: one that is free. */
  readonly port?: number | undefined;
  /** Of the SQLite database that holds the log. Default: it is kept in memory. */
  readonly file?: string | undefined;
  /** Speaks TLS, and puts its certificate for clients to trust into this folder. */
  readonly tlsFolder?: string | undefined;
}

export interface EventStoreDouble {
  readonly port: number;
  /** For the client: an address on loopback, with what it needs for TLS and to be let in. */
  readonly connection: string;
  readonly faults: Faults;
  /** Cuts all connections; a log in memory is gone with it. */
  stop(): Promise<void>;
  /** As a server that was stopped and started: on the same port, with the same log. */
  restart(): Promise<void>;
}

/** The largest record of the real server. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 - 10_000;

export async function startEventStoreDouble(
  options: DoubleOptions = {},
): Promise<EventStoreDouble> {
  const file = options.file ?? ':memory:';
  let log = new StoredLog(file);
  const certificate = options.tlsFolder === undefined ? undefined : selfSigned();
  const started = { ...options, certificate };
  let running = await run(log, started, options.port ?? 0);
  const { port } = running.node.connections;
  return {
    port,
    connection: connectionTo(port, started),
    get faults() {
      return running.node.faults;
    },
    async stop() {
      await running.stop();
      log.close();
    },
    async restart() {
      await running.stop();
      if (file === ':memory:') log.forgetIds();
      else {
        log.close();
        log = new StoredLog(file);
      }
      running = await run(log, started, port);
    },
  };
}

interface Started extends DoubleOptions {
  readonly certificate: Certificate | undefined;
}

function connectionTo(port: number, { certificate, tlsFolder, credentials }: Started): string {
  if (!certificate || tlsFolder === undefined) return `esdb://127.0.0.1:${port}?tls=false`;
  const file = join(tlsFolder, 'double.crt');
  writeFileSync(file, certificate.certificate);
  // The client sends credentials over TLS only.
  const user = credentials ? `${credentials.username}:${credentials.password}@` : '';
  return `esdb://${user}localhost:${port}?tls=true&tlsCAFile=${encodeURIComponent(file)}`;
}

async function run(log: StoredLog, options: Started, port: number) {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  const bind = promisify(server.bindAsync.bind(server));
  const target = await bind('127.0.0.1:0', serverCredentials(options));
  const connections = new Connections(port, target);
  const node = new Node({ log, connections, faults: new SwitchedFaults(connections) }, options);
  serve(server, node);
  await connections.accept();
  return {
    node,
    async stop() {
      await connections.refuse();
      connections.dropAll();
      server.forceShutdown();
    },
  };
}

function serverCredentials({ certificate }: Started): ServerCredentials {
  if (!certificate) return ServerCredentials.createInsecure();
  const chain = Buffer.from(certificate.certificate);
  const pair = { cert_chain: chain, private_key: Buffer.from(certificate.key) };
  return ServerCredentials.createSsl(null, [pair]);
}

function serve(server: Server, node: Node): void {
  const { read: readMethod, ...others } = StreamsService;
  // Events are stored as they are sent.
  const asItIs = { ...readMethod, responseSerialize: (response: Buffer) => response };
  server.addService({ ...others, read: asItIs } as unknown as typeof StreamsService, {
    read: (call: any) => read(node, call),
    append: (call: any, answer: any) => append(node, call, answer),
    batchAppend: (call: any) => batchAppend(node, call),
    delete: removal(node, { change: 'delete', response: streams.DeleteResp }),
    tombstone: removal(node, { change: 'tombstone', response: streams.TombstoneResp }),
  });
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_call: unknown, answer: any) => node.supportedMethods(answer),
  });
  server.addService(GossipService, { read: (_call: unknown, answer: any) => node.members(answer) });
}
