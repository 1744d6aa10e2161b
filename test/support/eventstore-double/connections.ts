// The wire between clients and the double's gRPC server: every connection goes through here, so
// that it can be cut, refused or frozen as a network or a stopped process would, pings included.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly outside: Socket;
  readonly inside: Socket;
}

export class Connections {
  /** Where clients connect; chosen by the system when 0 was asked for. */
  port: number;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #isFrozen = false;

  /** @param target the port of the gRPC server behind */
  constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  /** Does nothing when it listens already. */
  async accept(): Promise<void> {
    if (this.#server) return;
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#join(socket),
    );
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  async refuse(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.dropAll();
    await closed;
  }

  dropAll(): void {
    for (const pair of this.#pairs) cut(pair);
  }

  /** @param peer as the gRPC server sees the other end: `127.0.0.1:port` */
  drop(peer: string): void {
    for (const pair of this.#pairs) if (peer.endsWith(`:${pair.inside.localPort}`)) cut(pair);
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const pair of this.#pairs) part(pair);
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    for (const pair of this.#pairs) join(pair);
  }

  #join(outside: Socket): void {
    const inside = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const pair = { outside, inside };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      cut(pair);
    };
    for (const socket of [outside, inside]) socket.on('error', end).on('close', end);
    if (!this.#isFrozen) join(pair);
  }
}

function join({ outside, inside }: Pair): void {
  outside.pipe(inside);
  inside.pipe(outside);
  outside.resume();
}

function part({ outside, inside }: Pair): void {
  for (const socket of [outside, inside]) {
    socket.unpipe();
    socket.pause();
  }
}

function cut({ outside, inside }: Pair): void {
  // A reset, as from a process that is gone, and not a goodbye.
  if (!outside.destroyed) outside.resetAndDestroy();
  inside.destroy();
}
