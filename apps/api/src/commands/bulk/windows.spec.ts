import { throughWindows } from './windows.ts';

describe('working through windows', () => {
  it('begins no more than two that the disk has not taken yet', async () => {
    const world = new World(100);
    const next = world.answers.next();
    await turns();
    expect(world.begun).toEqual([0, 1]);
    world.answer(0);
    expect(await next).toEqual({ done: false, value: 'answers of 0' });
    void world.answers.next();
    await turns();
    expect(world.begun).toEqual([0, 1, 2]);
  });

  it('gives the answers in the order of the input, whichever window is done first', async () => {
    const world = new World(2);
    const first = world.answers.next();
    await turns();
    for (const window of [1, 0]) world.answer(window);
    const all = [(await first).value];
    for await (const answers of world.answers) all.push(answers);
    expect(all).toEqual(['answers of 0', 'answers of 1']);
  });

  it('passes on that the input broke, and closes it', async () => {
    const world = new World(1, new Error('the caller went away'));
    await expect(world.answers.next()).rejects.toThrow('the caller went away');
    expect(world.isClosed).toBe(true);
  });
});

class World {
  readonly begun: number[] = [];
  readonly answers: AsyncGenerator<string, void, undefined>;
  isClosed = false;
  readonly #answered = new Map<number, () => void>();

  constructor(count: number, failure?: Error) {
    this.answers = throughWindows(this.#windows(count, failure), (window) => this.#begin(window));
  }

  answer(window: number): void {
    this.#answered.get(window)?.();
  }

  async *#windows(count: number, failure?: Error): AsyncGenerator<number> {
    try {
      for (let window = 0; window < count; window += 1) yield window;
      if (failure) throw failure;
    } finally {
      this.isClosed = true;
    }
  }

  async #begin(window: number) {
    this.begun.push(window);
    const answers = new Promise<string>((resolve) => {
      this.#answered.set(window, () => resolve(`answers of ${window}`));
    });
    return { answers };
  }
}

/** As many turns of the loop as anything here could need. */
async function turns(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
}
