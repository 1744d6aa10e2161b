// The EventStoreDB that fault tests run on, and what can be done to it: the double in a process of
// its own or, when EVENTSTORE_URL is set, that server (on this machine), with a wire of our own
// before it. It is killed, started, stalled and let go by the command in EVENTSTORE_COMMAND, with
// `kill`, `start`, `stall` or `go` and the port added; without it, those tests are left out.
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

export interface FaultyServer {
  readonly source: EventStoreDbSource;
  readonly wire: Wire;
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

export const SERVER = url === '' ? 'the double' : 'a real server';
export const HAS_DOUBLE = url === '';
export const CAN_BE_KILLED = HAS_DOUBLE || command !== '';

export function startFaultyServer(): Promise<FaultyServer> {
  return HAS_DOUBLE ? startDouble() : reachServer();
}

async function startDouble(): Promise<FaultyServer> {
  const directory = await mkdtemp(join(tmpdir(), 'faults-server-'));
  const double = await DoubleProcess.start({ file: join(directory, 'log.db') });
  const { connection, faults } = double;
  return {
    source: { kind: 'eventstoredb', connection, prefix: '' },
    wire: faults,
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
    faults: undefined,
    kill: () => tell('kill', port),
    startAgain: () => tell('start', port),
    stall: () => tell('stall', port),
    goOn: () => tell('go', port),
    stop: () => connections.refuse(),
  };
}

async function tell(verb: 'kill' | 'start' | 'stall' | 'go', port: string): Promise<void> {
  const child = spawn(`${command} ${verb} ${port}`, { shell: true, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${verb} ${port} ended with ${code}`);
}
