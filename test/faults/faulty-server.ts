// The EventStoreDB that fault tests run on, and what can be done to it: the double in a process of
// its own or, when EVENTSTORE_URL is set, that server (on this machine), with a wire of our own
// before it. It is killed, started, stalled and let go by the command in EVENTSTORE_COMMAND, with
// `kill`, `start`, `stall` or `go` and the port added; without it, those tests are left out.
// Of a cluster the nodes are found by the names they tell, so no wire can be put before it. There
// the command finds out who leads: it is told `kill leader`, `kill follower`, `stall leader`,
// `resign leader`, and `start cluster` or `go cluster` to bring back whoever was struck.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStoreDbSource } from '#event-store/log-source.ts';
import { Connections } from '../support/eventstore-double/connections.ts';
import { DoubleProcess, type RemoteFaults } from '../support/eventstore-double/double-process.ts';
import { ownPrefix } from '../support/own-log.ts';

/** What befalls the network before the server. */
type Wire = Pick<
  RemoteFaults,
  'dropConnections' | 'freeze' | 'thaw' | 'refuseConnections' | 'acceptConnections'
>;

/** What befalls one node of a cluster; `startAgain` and `goOn` bring it back. */
export interface Cluster {
  kill(whom: 'leader' | 'follower'): Promise<void>;
  stallLeader(): Promise<void>;
  resignLeader(): Promise<void>;
}

export interface FaultyServer {
  readonly source: EventStoreDbSource;
  /** Only of one server. */
  readonly wire: Wire | undefined;
  readonly cluster: Cluster | undefined;
  /** Faults that only the double can make. */
  readonly faults: RemoteFaults | undefined;
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  /** The process stands still. */
  stall(): Promise<void>;
  goOn(): Promise<void>;
  stop(): Promise<void>;
}

const { EVENTSTORE_URL: url = '', EVENTSTORE_COMMAND: command = '' } = process.env;
const isCluster = url.includes(',') || url.startsWith('esdb+discover:');

const SERVERS = { double: 'the double', one: 'a real server', cluster: 'a real cluster' } as const;
const kind = url === '' ? 'double' : isCluster ? 'cluster' : 'one';
export const SERVER = SERVERS[kind];
/** What a fault may need of the server. */
export const CAN = {
  'the double': kind === 'double',
  'a wire': kind !== 'cluster',
  'a command': kind === 'double' || (kind === 'one' && command !== ''),
  'a command to a cluster': kind === 'cluster' && command !== '',
};

export function startFaultyServer(): Promise<FaultyServer> {
  if (kind === 'double') return startDouble();
  return kind === 'one' ? reachServer() : Promise.resolve(reachCluster());
}

async function startDouble(): Promise<FaultyServer> {
  const directory = await mkdtemp(join(tmpdir(), 'faults-server-'));
  const double = await DoubleProcess.start({ file: join(directory, 'log.db') });
  const { connection, faults } = double;
  return {
    source: { kind: 'eventstoredb', connection, prefix: '' },
    wire: faults,
    cluster: undefined,
    faults,
    kill: () => double.kill(),
    startAgain: () => double.startAgain(),
    stall: async () => double.pause(),
    goOn: async () => double.goOn(),
    async stop() {
      await double.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function reachServer(): Promise<FaultyServer> {
  const { port } = new URL(url);
  const connections = new Connections(0, Number(port));
  await connections.accept();
  const connection = url.replace(/(127\.0\.0\.1|localhost):\d+/, `127.0.0.1:${connections.port}`);
  if (connection === url) throw new Error('EVENTSTORE_URL must be on this machine');
  return {
    source: { kind: 'eventstoredb', connection, prefix: ownPrefix() },
    wire: {
      dropConnections: async () => connections.dropAll(),
      freeze: async () => connections.freeze(),
      thaw: async () => connections.thaw(),
      refuseConnections: () => connections.refuse(),
      acceptConnections: () => connections.accept(),
    },
    cluster: undefined,
    faults: undefined,
    kill: () => tell('kill', port),
    startAgain: () => tell('start', port),
    stall: () => tell('stall', port),
    goOn: () => tell('go', port),
    stop: () => connections.refuse(),
  };
}

function reachCluster(): FaultyServer {
  const stallLeader = () => tell('stall', 'leader');
  const kill = (whom: 'leader' | 'follower') => tell('kill', whom);
  return {
    source: { kind: 'eventstoredb', connection: url, prefix: ownPrefix() },
    wire: undefined,
    cluster: { kill, stallLeader, resignLeader: () => tell('resign', 'leader') },
    faults: undefined,
    kill: () => kill('leader'),
    startAgain: () => tell('start', 'cluster'),
    stall: stallLeader,
    goOn: () => tell('go', 'cluster'),
    stop: async () => undefined,
  };
}

async function tell(
  verb: 'kill' | 'start' | 'stall' | 'go' | 'resign',
  whom: string,
): Promise<void> {
  const child = spawn(`${command} ${verb} ${whom}`, { shell: true, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${verb} ${whom} ended with ${code}`);
}
