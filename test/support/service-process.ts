// The service as a process of its own, to be killed: started from the sources, found through the
// file it announces itself with, spoken to over HTTP. A request that a kill cuts off gives
// nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BulkAnswer } from '#api/commands/bulk/bulk-answer.ts';
import { POSITION_HEADER } from '#api/http/position.ts';
import { announcedService } from '#api/service-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Machines that run tests are busy. */
const START_WITHIN_MS = 30_000;

export interface Answered {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the service said it
  readonly body: any;
  /** Of what was written, or was seen. */
  readonly position: string | undefined;
}

/** Whatever answers requests as the service does. */
export type Service = Pick<ServiceProcess, 'send' | 'feed'>;

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** @param environment what an operator would set beside the data directory */
  static async start(
    directory: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const child = spawn(
      process.execPath,
      ['--import', './test/support/run-sources.mjs', 'apps/api/src/main.ts'],
      {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          PROMO_LEDGER_DATA: directory,
          PROMO_LEDGER_PORT: '0',
          PROMO_LEDGER_LOG_LEVEL: 'fatal',
          PROMO_LEDGER_READ_WAIT_SECONDS: '30',
          ...environment,
        },
      },
    );
    const end = performance.now() + START_WITHIN_MS;
    for (;;) {
      const announced = announcedService(directory);
      if (announced && announced.pid === child.pid) return new ServiceProcess(child, announced.url);
      if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
      if (performance.now() > end) {
        child.kill('SIGKILL');
        throw new Error('the service did not start');
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** As a power cut would: nothing of the process runs after it. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Drains and stops. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** The process stands still: connections stay, nothing is answered. */
  stall(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /**
   * Undefined when the connection broke before the answer was complete.
   * @param position a read waits until it sees what was written up to there
   */
  async send(
    method: string,
    path: string,
    body?: object,
    position?: string,
  ): Promise<Answered | undefined> {
    const headers = {
      'content-type': 'application/json',
      ...(position && { [POSITION_HEADER]: position }),
    };
    try {
      const response = await this.#request({ method, path, headers }, (sent) =>
        sent.end(body && JSON.stringify(body)),
      );
      const text = Buffer.concat(await response.toArray()).toString();
      const told = response.headers[POSITION_HEADER];
      return {
        status: response.statusCode ?? 0,
        body: bodyOf(text, response.headers['content-type']),
        position: typeof told === 'string' ? told : undefined,
      };
    } catch {
      return undefined;
    }
  }

  /** Every answer that arrived whole before the feed ended or the connection broke. */
  async feed(
    lines: readonly object[],
    onAnswer: (answer: BulkAnswer) => void,
  ): Promise<'ended' | 'broken'> {
    try {
      const headers = { 'content-type': 'application/x-ndjson' };
      const asked = { method: 'POST', path: '/orders/bulk', headers };
      const response = await this.#request(asked, (sent) =>
        sent.end(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
      );
      response.on('error', () => {});
      const answers = createInterface({ input: response, crlfDelay: Infinity });
      let count = 0;
      for await (const text of answers) {
        count += 1;
        if (isWhole(text)) onAnswer(JSON.parse(text));
      }
      return count === lines.length ? 'ended' : 'broken';
    } catch {
      return 'broken';
    }
  }

  #request(
    { path, ...asked }: RequestOptions,
    send: (sent: ReturnType<typeof request>) => void,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, { ...asked, agent: this.#agent }, resolve);
      sent.on('error', reject);
      send(sent);
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    this.#agent.destroy();
  }
}

function bodyOf(text: string, type = ''): unknown {
  if (text === '') return undefined;
  return type.includes('ndjson')
    ? text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    : JSON.parse(text);
}

/** A kill may cut an answer in two. */
const isWhole = (text: string) => text.startsWith('{') && text.endsWith('}');
