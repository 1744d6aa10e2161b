// The service as a process of its own, to be killed: started from the sources, found through the
// file it announces itself with, spoken to over HTTP. A request that a kill cuts off gives
// nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { announcedService } from '#api/service-file.ts';
import type { BulkAnswer } from '#api/commands/bulk/bulk-answer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_WITHIN_MS = 20_000;

export interface Answered {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the service said it
  readonly body: any;
}

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  static async start(directory: string): Promise<ServiceProcess> {
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
          PROMO_LEDGER_LOG_LEVEL: 'error',
        },
      },
    );
    const end = performance.now() + START_WITHIN_MS;
    for (;;) {
      const announced = announcedService(directory);
      if (announced && announced.pid === child.pid) return new ServiceProcess(child, announced.url);
      if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
      if (performance.now() > end) throw new Error('the service did not start');
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

  /** Undefined when the connection broke before the answer was complete. */
  async send(method: string, path: string, body?: object): Promise<Answered | undefined> {
    try {
      const response = await this.#request(method, path, 'application/json', (sent) =>
        sent.end(body && JSON.stringify(body)),
      );
      const chunks = await response.toArray();
      const text = Buffer.concat(chunks).toString();
      return { status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) };
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
      const response = await this.#request('POST', '/orders/bulk', 'application/x-ndjson', (sent) =>
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
    method: string,
    path: string,
    contentType: string,
    send: (sent: ReturnType<typeof request>) => void,
  ): Promise<IncomingMessage> {
    const options: RequestOptions = {
      method,
      agent: this.#agent,
      headers: { 'content-type': contentType },
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, options, resolve);
      sent.on('error', reject);
      send(sent);
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
    this.#agent.destroy();
  }
}

/** A kill may cut an answer in two. */
const isWhole = (text: string) => text.startsWith('{') && text.endsWith('}');
