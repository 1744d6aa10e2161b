// Load over HTTP from few instructions: the bench shares its cores with the service that it
// measures, and an HTTP client costs as much as the service's own part of a small request.
import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** One connection that posts JSON, one request after another. */
export class Posting {
  readonly #socket: Socket;
  readonly #head: string;
  #answer = '';
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(url: string, path: string) {
    const { hostname, port, host } = new URL(url);
    this.#head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`;
    this.#socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#hear(text));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('the connection was closed')));
  }

  /** Rejects unless the answer is 200. */
  post(body: object): Promise<void> {
    const text = JSON.stringify(body);
    const length = Buffer.byteLength(text);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${this.#head}content-length: ${length}${HEAD_END}${text}`);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#answer += text;
    const head = this.#answer.indexOf(HEAD_END);
    if (head < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#answer)?.[1];
    if (this.#answer.length < head + HEAD_END.length + Number(length)) return;
    const answer = this.#answer;
    this.#answer = '';
    if (answer.startsWith('HTTP/1.1 200 ')) this.#settle?.resolve();
    else this.#settle?.reject(new Error(answer));
  }
}
