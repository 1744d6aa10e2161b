// Starts the double as a process of its own, so that it can be killed, stopped and started again
// as a server would. Its faults are the same, told to it as messages.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Faults } from './faults.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

type Answerless<F> = F extends (...args: infer A) => unknown
  ? (...args: A) => Promise<void>
  : never;

export type RemoteFaults = { readonly [K in keyof Faults]: Answerless<Faults[K]> };

export interface ProcessOptions {
  /** Of the SQLite database that holds the log, and outlives the process. */
  readonly file: string;
  readonly port?: number;
}

export class DoubleProcess {
  readonly connection: string;
  readonly faults: RemoteFaults;
  readonly #options: ProcessOptions;
  #child: ChildProcess;
  #lastCall = 0;

  private constructor(child: ChildProcess, connection: string, options: ProcessOptions) {
    this.connection = connection;
    this.#child = child;
    this.#options = { ...options, port: Number(new URL(connection).port) };
    this.faults = new Proxy({} as RemoteFaults, {
      get: (_, name) =>
        name === 'then' ? undefined : (...args: unknown[]) => this.#call(name, args),
    });
  }

  static async start(options: ProcessOptions): Promise<DoubleProcess> {
    const { child, connection } = await started(options);
    return new DoubleProcess(child, connection, options);
  }

  /** As a power cut would: nothing of the process runs after it. Its port is free afterwards. */
  async kill(): Promise<void> {
    await end(this.#child, 'SIGKILL');
  }

  /** Stops in order; the file stays. */
  async stop(): Promise<void> {
    this.#child.kill('SIGCONT');
    await end(this.#child, 'SIGTERM');
  }

  /** After a kill or a stop: the same log on the same port. */
  async startAgain(): Promise<void> {
    const { child } = await started(this.#options);
    this.#child = child;
  }

  /** The process stands still: connections stay, nothing is answered. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  async #call(name: string | symbol, args: readonly unknown[]): Promise<void> {
    this.#lastCall += 1;
    const id = this.#lastCall;
    const child = this.#child;
    await new Promise<void>((resolve) => {
      const answered = (message: { readonly id: number }) => {
        if (message.id !== id) return;
        child.off('message', answered);
        resolve();
      };
      child.on('message', answered);
      child.send({ id, name, args });
    });
  }
}

async function started({ file, port = 0 }: ProcessOptions) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', MAIN, '--port', String(port), '--file', file],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const connection = await new Promise<string>((resolve, reject) => {
    child.stdout!.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`the double ended with ${code}`)));
  });
  return { child, connection };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
