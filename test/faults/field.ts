// Where faults strike: one server, two nodes of the ledger on it, and a load on both for as long as
// the fault lasts. Then the load is sent once more, and what is left is looked at as a whole.
import { type Aftermath, aftermathOf } from '../support/aftermath.ts';
import { MixedLoad } from '../support/mixed-load.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import { Node } from './node.ts';

/** Then some limits are used up. */
export const ENOUGH = 300;

/** Always under way, and little enough for three processes that share a machine. */
export const LOAD = { linesInAFeed: 40, restMs: 20 };

const LISTEN_EVERY_MS = 10;

export class Field {
  readonly server: FaultyServer;
  readonly nodes: readonly [Node, Node];
  readonly #seed: number;
  readonly #loads: MixedLoad[] = [];
  readonly #recoveries: number[] = [];
  #silenceMs = 0;

  private constructor(server: FaultyServer, nodes: readonly [Node, Node], seed: number) {
    this.server = server;
    this.nodes = nodes;
    this.#seed = seed;
  }

  static async open(seed: number): Promise<Field> {
    const server = await startFaultyServer();
    const first = await Node.start(server.source);
    const second = await Node.start(server.source, { sibling: first });
    return new Field(server, [first, second], seed);
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.end();
    await this.server.stop();
  }

  /** With a market of its own under load from before the fault until after it. */
  async struckBy(strike: (field: Field) => Promise<void>): Promise<Aftermath> {
    const load = new MixedLoad(this.#seed, { ...LOAD, name: `f${this.#loads.length}` });
    await load.open(this.nodes[0]);
    this.#loads.push(load);
    const running = load.run(...this.nodes);
    const listening = this.#listenTo(load);
    try {
      await load.answered(1);
      await strike(this);
      await this.recovered();
      await load.answered(ENOUGH);
    } finally {
      clearInterval(listening);
      load.stop();
    }
    await running;
    return aftermathOf(this.server.source, this.#loads, this.nodes);
  }

  /** Until both nodes are ready, and something that was asked since is answered. */
  async recovered(): Promise<void> {
    const since = performance.now();
    await Promise.all(this.nodes.map((node) => node.ready()));
    const load = this.#loads.at(-1)!;
    await load.answered(load.answers.size + 1);
    this.#recoveries.push(performance.now() - since);
  }

  /** Until both nodes say that the log is out of reach. */
  async missed(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.notReady()));
  }

  /** Of the last fault, for people. */
  figures(): string {
    const recoveries = this.#recoveries.splice(0).map((ms) => `${Math.round(ms)} ms`);
    const load = this.#loads.at(-1)!.figures();
    const silence = `nothing was answered for ${Math.round(this.#silenceMs)} ms at most`;
    if (recoveries.length === 0) return `${load}; ${silence}`;
    return `${load}; ${silence}; recovered in ${recoveries.join(', ')}`;
  }

  /** From fault to answer is longer than from `recovered` on: a node may not know of it yet. */
  #listenTo(load: MixedLoad): NodeJS.Timeout {
    let [known, since] = [load.answers.size, performance.now()];
    this.#silenceMs = 0;
    return setInterval(() => {
      const now = performance.now();
      this.#silenceMs = Math.max(this.#silenceMs, now - since);
      if (load.answers.size > known) [known, since] = [load.answers.size, now];
    }, LISTEN_EVERY_MS);
  }
}
