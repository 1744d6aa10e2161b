import { ProcessLoop, type Alarm } from './process-loop.ts';

describe('a process loop', () => {
  it('settles at the start what an earlier run left behind, without waiting', async () => {
    const world = new World({ graceMs: 60_000 });
    world.hint('a', 'b');
    world.loop.start();
    await world.until(() => world.settled.length === 2);
    await world.loop.stop();
    expect(world.settled).toEqual(['a', 'b']);
  });

  it('leaves what just came to the command that is finishing it', async () => {
    const world = new World({ graceMs: 400 });
    world.loop.start();
    world.hint('finished-in-time', 'left-behind');
    world.notice();
    await pause(300);
    expect(world.settled).toEqual([]);
    world.unhint('finished-in-time');
    await world.until(() => world.settled.length > 0);
    await world.loop.stop();
    expect(world.settled).toEqual(['left-behind']);
  });

  it('tries again what failed, with an alarm until it succeeds', async () => {
    const world = new World({ graceMs: 0 });
    world.failures.set('a', 2);
    world.hint('a', 'b');
    world.loop.start();
    await world.until(() => world.settled.includes('b') && world.loop.alarms().length > 0);
    expect(world.loop.alarms()).toEqual([{ process: 'test', key: 'a', message: 'a is broken' }]);
    await world.until(() => world.settled.includes('a'));
    await world.until(() => world.loop.alarms().length === 0);
    await world.loop.stop();
    expect(world.raised).toHaveLength(2);
  });

  it('drops the alarm of what somebody else finished', async () => {
    const world = new World({ graceMs: 0 });
    world.failures.set('a', 1_000);
    world.hint('a');
    world.loop.start();
    await world.until(() => world.loop.alarms().length === 1);
    world.unhint('a');
    await world.until(() => world.loop.alarms().length === 0);
    await world.loop.stop();
    expect(world.settled).toEqual([]);
  });

  it('is an alarm itself when the hints cannot be read, until they can', async () => {
    const world = new World({ graceMs: 0 });
    world.isUnreadable = true;
    world.loop.start();
    await world.until(() => world.loop.alarms()[0]?.key === 'hints');
    world.isUnreadable = false;
    world.hint('a');
    world.notice();
    await world.until(() => world.settled.includes('a'));
    expect(world.loop.alarms()).toEqual([]);
    await world.loop.stop();
  });

  it('works through many, and starts nothing after it was stopped', async () => {
    const world = new World({ graceMs: 0 });
    world.hint(...Array.from({ length: 300 }, (_, n) => `hint${n}`));
    world.loop.start();
    await world.until(() => world.settled.length > 0);
    await world.loop.stop();
    const count = world.settled.length;
    world.hint('late');
    world.notice();
    await pause(300);
    expect(world.settled).toHaveLength(count);
  });
});

/** Hints that go once they are settled, as the rows of a read model do. */
class World {
  readonly settled: string[] = [];
  readonly raised: Alarm[] = [];
  readonly failures = new Map<string, number>();
  readonly loop: ProcessLoop<{ key: string }>;
  isUnreadable = false;
  notice = () => {};
  readonly #hints = new Set<string>();

  constructor({ graceMs }: { readonly graceMs: number }) {
    this.loop = new ProcessLoop({
      name: 'test',
      graceMs,
      hints: () => this.#read(),
      settle: (hint) => this.#settle(hint.key),
      subscribe: (listener) => {
        this.notice = listener;
        return () => (this.notice = () => {});
      },
      onAlarm: (alarm) => this.raised.push(alarm),
    });
  }

  hint(...keys: readonly string[]): void {
    for (const key of keys) this.#hints.add(key);
  }

  unhint(key: string): void {
    this.#hints.delete(key);
  }

  async until(isSo: () => boolean): Promise<void> {
    const end = performance.now() + 4_000;
    while (!isSo()) {
      if (performance.now() > end) throw new Error('it did not come to this');
      await pause(5);
    }
  }

  #read(): { key: string }[] {
    if (this.isUnreadable) throw new Error('unreadable');
    return [...this.#hints].map((key) => ({ key }));
  }

  async #settle(key: string): Promise<void> {
    await pause(1);
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures - 1);
    if (failures > 0) throw new Error(`${key} is broken`);
    this.settled.push(key);
    this.#hints.delete(key);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
