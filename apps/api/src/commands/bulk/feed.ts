// A feed that can be ended from this side, between two chunks: what was read is taken, and nothing
// after it. Ending it does not wait for the other side to send or to stop.

type Ending<T> = (result: IteratorResult<T, undefined>) => void;

export class Feed<T> implements AsyncIterable<T> {
  readonly #source: AsyncIterator<T>;
  #isEnded = false;
  #end: Ending<T> | undefined;

  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  end(): void {
    this.#isEnded = true;
    this.#end?.({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        await this.#source.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#isEnded) return resolve({ done: true, value: undefined });
      this.#end = resolve;
      this.#source.next().then(resolve, reject);
    });
  }
}
