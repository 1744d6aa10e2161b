// A node of the ledger under test: a service process on a data directory of its own, killed and
// started again, and watched. Requests go to whichever process is there; without one they wait.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUYER_KEYS_FILE } from '#api/buyer-keys.ts';
import type { EventStoreDbSource } from '#event-store/log-source.ts';
import { type Service, ServiceProcess } from '../support/service-process.ts';

const LOOK_EVERY_MS = 100;
const READY_WITHIN_MS = 60_000;

/** What readiness said, as often as it said something else than before. */
export interface Seen {
  readonly isReady: boolean;
  /** Why the log cannot be reached. */
  readonly outage: string | null;
}

export class Node implements Service {
  readonly directory: string;
  readonly seen: Seen[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  #process: ServiceProcess | undefined;
  #started = Promise.withResolvers<void>();
  #isWatched = true;
  #watch: Promise<void> | undefined;

  private constructor(directory: string, environment: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.#environment = environment;
  }

  /** @param sibling has made the buyers' keys, which the nodes of a ledger share */
  static async start(
    { connection, prefix }: EventStoreDbSource,
    { sibling, environment = {} }: { sibling?: Node; environment?: Record<string, string> } = {},
  ): Promise<Node> {
    const directory = await mkdtemp(join(tmpdir(), 'faults-node-'));
    if (sibling) {
      const keys = [sibling.directory, directory].map((each) => join(each, BUYER_KEYS_FILE));
      await copyFile(keys[0]!, keys[1]!);
    }
    const node = new Node(directory, {
      PROMO_LEDGER_EVENTSTORE_URL: connection,
      PROMO_LEDGER_EVENTSTORE_PREFIX: prefix,
      ...environment,
    });
    await node.startAgain();
    node.#watch = node.#look();
    return node;
  }

  async startAgain(): Promise<void> {
    this.#process = await ServiceProcess.start(this.directory, this.#environment);
    this.#started.resolve();
  }

  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    this.#started = Promise.withResolvers();
    await killed?.kill();
  }

  stall(): void {
    this.#process?.stall();
  }

  goOn(): void {
    this.#process?.goOn();
  }

  /** Killed, as everything here is: a fault may have left it in no state to drain. */
  async end(): Promise<void> {
    this.#isWatched = false;
    await this.kill();
    this.#started.resolve();
    await this.#watch;
    await rm(this.directory, { recursive: true, force: true });
  }

  async send(...asked: Parameters<Service['send']>): ReturnType<Service['send']> {
    await this.#started.promise;
    return this.#process?.send(...asked);
  }

  async feed(...asked: Parameters<Service['feed']>): ReturnType<Service['feed']> {
    await this.#started.promise;
    return this.#process?.feed(...asked) ?? 'broken';
  }

  /** Resolves to how long it took, in milliseconds. */
  async ready(): Promise<number> {
    return this.#until(({ isReady }) => isReady, 'ready');
  }

  async notReady(): Promise<number> {
    return this.#until(({ isReady, outage }) => !isReady && outage !== null, 'not ready');
  }

  async #until(is: (seen: Seen) => boolean, what: string): Promise<number> {
    const since = performance.now();
    for (;;) {
      const seen = await this.#ask();
      if (seen && is(seen)) return performance.now() - since;
      if (performance.now() - since > READY_WITHIN_MS)
        throw new Error(`not ${what} in time: ${JSON.stringify(this.seen.at(-1))}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    while (this.#isWatched) {
      await this.#ask();
      await pause(LOOK_EVERY_MS);
    }
  }

  async #ask(): Promise<Seen | undefined> {
    const reply = await this.#process?.send('GET', '/health/ready');
    if (!reply) return undefined;
    const seen = {
      isReady: reply.status === 200,
      outage: reply.body.store.outage as string | null,
    };
    const last = this.seen.at(-1);
    if (last?.isReady !== seen.isReady || last.outage !== seen.outage) this.seen.push(seen);
    return seen;
  }
}
