// How a process manager is woken: the follower says that the log went on, the rows of what may be
// unfinished are read as hints, and each is settled from its streams. A hint is given a moment
// first, for its command is most likely about to finish it. What fails is tried again, ever more
// slowly, and is an alarm as long as it fails. No timer decides anything: the books are right
// without it.

export interface Hint {
  /** Names what is unfinished; the same name is settled by one at a time. */
  readonly key: string;
}

export interface ProcessLoopParts<H extends Hint> {
  readonly name: string;
  /** Everything that may be unfinished, oldest first. */
  readonly hints: () => Iterable<H>;
  /** Writes until the streams agree; does nothing when they do. */
  readonly settle: (hint: H) => Promise<void>;
  /** Calls the listener whenever the hints may have changed; gives back how to end that. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly onAlarm: (alarm: Alarm) => void;
  /** How long a hint may stand before it is settled; those found at the start do not wait. */
  readonly graceMs: number;
}

export interface Alarm {
  readonly process: string;
  readonly key: string;
  readonly message: string;
}

interface Watched {
  readonly failures: number;
  readonly notBefore: number;
}

const PASS_EVERY_MS = 200;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
const SETTLED_AT_ONCE = 64;

export class ProcessLoop<H extends Hint> {
  readonly #parts: ProcessLoopParts<H>;
  #watched = new Map<string, Watched>();
  #alarms = new Map<string, Alarm>();
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #passing: Promise<void> | undefined;
  #isWokenAgain = false;
  #isStopped = true;

  constructor(parts: ProcessLoopParts<H>) {
    this.#parts = parts;
  }

  /** Settles what an earlier run left behind, then whatever comes. */
  start(): void {
    this.#isStopped = false;
    this.#unsubscribe = this.#parts.subscribe(() => this.#wake(performance.now()));
    void this.#run({ isFirst: true });
  }

  /** Resolves when nothing is being settled any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    await this.#passing;
  }

  /** What fails, as long as it fails. */
  alarms(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  /** Passes once at that time, but not at once: what comes together is looked at together. */
  #wake(at: number): void {
    this.#isWokenAgain = this.#passing !== undefined;
    if (this.#isStopped || this.#passing || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    const delay = Math.max(PASS_EVERY_MS, at - performance.now());
    this.#timer = setTimeout(() => void this.#run({ isFirst: false }), delay).unref();
  }

  async #run({ isFirst }: { readonly isFirst: boolean }): Promise<void> {
    this.#dueAt = Infinity;
    this.#passing = this.#pass(isFirst ? 0 : this.#parts.graceMs);
    await this.#passing;
    this.#passing = undefined;
    const next = this.#isWokenAgain ? performance.now() : this.#nextDue();
    if (next !== undefined) this.#wake(next);
  }

  async #pass(graceMs: number): Promise<void> {
    const now = performance.now();
    const seen = new Map<string, Watched>();
    let due: H[] = [];
    try {
      for (const hint of this.#parts.hints()) {
        const fresh = { failures: 0, notBefore: now + graceMs };
        const watched = this.#watched.get(hint.key) ?? fresh;
        seen.set(hint.key, watched);
        if (watched.notBefore > now) continue;
        due.push(hint);
        if (due.length < SETTLED_AT_ONCE) continue;
        await this.#settleAll(due, seen);
        due = [];
        if (this.#isStopped) break;
      }
      await this.#settleAll(due, seen);
      this.#clear('hints');
    } catch (error) {
      this.#raise('hints', error);
    }
    this.#watched = seen;
    for (const key of this.#alarms.keys()) if (key !== 'hints' && !seen.has(key)) this.#clear(key);
  }

  async #settleAll(hints: readonly H[], seen: Map<string, Watched>): Promise<void> {
    await Promise.all(hints.map((hint) => this.#settle(hint, seen)));
  }

  async #settle(hint: H, seen: Map<string, Watched>): Promise<void> {
    const watched = seen.get(hint.key);
    if (!watched || this.#isStopped) return;
    try {
      await this.#parts.settle(hint);
      this.#clear(hint.key);
      // The row goes when the follower has seen what was written: no hurry to settle it again.
      seen.set(hint.key, { ...watched, failures: 0, notBefore: this.#in(FIRST_RETRY_MS * 4) });
    } catch (error) {
      const delay = Math.min(FIRST_RETRY_MS * 2 ** watched.failures, LAST_RETRY_MS);
      const failures = watched.failures + 1;
      seen.set(hint.key, { ...watched, failures, notBefore: this.#in(delay) });
      this.#raise(hint.key, error);
    }
  }

  #in(delayMs: number): number {
    return performance.now() + delayMs;
  }

  #nextDue(): number | undefined {
    let next: number | undefined = this.#alarms.has('hints') ? this.#in(LAST_RETRY_MS) : undefined;
    for (const { notBefore } of this.#watched.values()) {
      if (next === undefined || notBefore < next) next = notBefore;
    }
    return next;
  }

  #raise(key: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const alarm = { process: this.#parts.name, key, message };
    this.#alarms.set(key, alarm);
    this.#parts.onAlarm(alarm);
  }

  #clear(key: string): void {
    this.#alarms.delete(key);
  }
}
