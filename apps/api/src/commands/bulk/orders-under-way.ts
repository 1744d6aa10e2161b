// Which orders of a feed are being taken, so that what comes after one waits for it. Facts of an
// order that nobody is taking wait for nothing: its stream's mailbox keeps their order.

interface Queue {
  last: Promise<void>;
  waiting: number;
}

type Tell<A> = (before: Promise<void> | undefined) => Promise<A>;

export class OrdersUnderWay {
  readonly #queues = new Map<string, Queue>();

  has(stream: string): boolean {
    return this.#queues.has(stream);
  }

  /**
   * Takes an order: whatever follows on its stream waits until it is done. `tell` never
   * rejects.
   */
  take<A>(stream: string, tell: Tell<A>): Promise<A> {
    return this.#enqueue(stream, tell);
  }

  /** A fact of an order: behind the order if it is being taken, else at once. */
  follow<A>(stream: string, tell: Tell<A>): Promise<A> {
    return this.has(stream) ? this.#enqueue(stream, tell) : tell(undefined);
  }

  #enqueue<A>(stream: string, tell: Tell<A>): Promise<A> {
    const queue = this.#queues.get(stream);
    const telling = tell(queue?.last);
    const next = queue ?? { last: Promise.resolve(), waiting: 0 };
    next.waiting += 1;
    next.last = telling.then(() => {
      next.waiting -= 1;
      if (next.waiting === 0) this.#queues.delete(stream);
    });
    this.#queues.set(stream, next);
    return telling;
  }
}
