// The double as a member of a cluster of one: what it can do, who leads, and whom it lets in.
import { randomUUID } from 'node:crypto';
import type { Metadata, sendUnaryData, ServiceError } from '@grpc/grpc-js';
import type { Connections } from './connections.ts';
import { accessDenied, type Endpoint, unauthenticated } from './failures.ts';
import type { SwitchedFaults } from './faults.ts';
import { features, gossip, shared } from './protocol.ts';
import type { StoredLog } from './stored-log.ts';

/** The server that was measured. */
const VERSION = '23.10.0';

const STREAMS_METHODS: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  append: [],
  batchappend: ['deadline_duration'],
  delete: [],
  tombstone: [],
};

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface NodeOptions {
  /** Only with these is anything read or written; without them anybody may. */
  readonly credentials?: Credentials | undefined;
  /** Streams are for everybody, $all for administrators, and nobody is one. */
  readonly isAllClosed?: boolean | undefined;
  /** After which a write that gets nowhere is answered with a timeout. Default 2,000. */
  readonly writeTimeoutMs?: number | undefined;
}

export class Node {
  readonly log: StoredLog;
  readonly faults: SwitchedFaults;
  readonly connections: Connections;
  readonly writeTimeoutMs: number;
  readonly #authorization: string | undefined;
  readonly #isAllClosed: boolean;
  readonly #instanceId = randomUUID();

  constructor(
    parts: Pick<Node, 'log' | 'faults' | 'connections'>,
    { credentials, isAllClosed = false, writeTimeoutMs = 2_000 }: NodeOptions,
  ) {
    this.log = parts.log;
    this.faults = parts.faults;
    this.connections = parts.connections;
    this.writeTimeoutMs = writeTimeoutMs;
    this.#isAllClosed = isAllClosed;
    if (!credentials) return;
    const { username, password } = credentials;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** Why the caller may neither read nor write; undefined when it may. */
  denied(metadata: Metadata, wants: { hasAll?(): boolean } = {}): ServiceError | undefined {
    if (this.faults.isNobodyLetIn) return unauthenticated();
    if (this.#isAllClosed && wants.hasAll?.()) return accessDenied();
    if (this.#authorization === undefined) return undefined;
    const [given] = metadata.get('authorization');
    if (given === this.#authorization) return undefined;
    return given === undefined ? accessDenied() : unauthenticated();
  }

  supportedMethods(answer: sendUnaryData<InstanceType<typeof features.SupportedMethods>>): void {
    const supported = new features.SupportedMethods();
    supported.setEventStoreServerVersion(VERSION);
    for (const [name, its] of Object.entries(STREAMS_METHODS)) {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      method.setFeaturesList([...its]);
      supported.addMethods(method);
    }
    answer(null, supported);
  }

  members(answer: sendUnaryData<InstanceType<typeof gossip.ClusterInfo>>): void {
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const own = { address: '127.0.0.1', port: this.connections.port };
    const { leader } = this.faults;
    const cluster = new gossip.ClusterInfo();
    cluster.addMembers(member(own, leader ? FOLLOWER : LEADER, this.#instanceId));
    if (leader) cluster.addMembers(member(leader, LEADER, randomUUID()));
    answer(null, cluster);
  }
}

type State = (typeof gossip.MemberInfo.VNodeState)[keyof typeof gossip.MemberInfo.VNodeState];

function member({ address, port }: Endpoint, state: State, instanceId: string) {
  const endpoint = new gossip.EndPoint();
  endpoint.setAddress(address);
  endpoint.setPort(port);
  const id = new shared.UUID();
  id.setString(instanceId);
  const info = new gossip.MemberInfo();
  info.setInstanceId(id);
  info.setTimeStamp(String(Date.now()));
  info.setState(state);
  info.setIsAlive(true);
  info.setHttpEndPoint(endpoint);
  return info;
}
