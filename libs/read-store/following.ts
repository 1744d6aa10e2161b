// The follower's loop: page after page of the log to the live projections, a step of a rebuild
// between two pages, then waiting for a nudge. It ends when it is stopped, after what the log holds
// by then, or with the error that made it impossible to go on.
import { setImmediate as breath } from 'node:timers/promises';
import type { EventFact, EventLogReader } from '#event-store/port.ts';
import { LogShorterThanRows } from './alarms.ts';
import type { Checkpoint } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { PAGE_EVENTS, rebuildSteps, type RebuildProgress, type RebuildReport } from './rebuild.ts';

/** A nudge may be lost (a writer in another process): the log is looked at this often anyway. */
const POLL_MS = 250;

export interface FollowingOptions {
  readonly store: ReadStore;
  readonly reader: EventLogReader;
  /** After every page; `isCaughtUp` when nothing more was in the log and all is built. */
  readonly onProgress: (checkpoint: Checkpoint, isCaughtUp: boolean) => void;
  /** After every page, when the rows hold it. */
  readonly onFollowed?: (followed: Followed) => void;
  /** What a rebuild that began by itself, or before a restart, came to. */
  readonly onRebuilt?: (reports: readonly RebuildReport[]) => void;
}

/** A page of the log that is in the rows now. */
export interface Followed {
  /** Of the last event before it. */
  readonly after: Checkpoint;
  readonly upTo: Checkpoint;
  readonly events: readonly EventFact[];
  /** When the read began that found nothing behind it: all that stood in the log by then is in. */
  readonly endedAt: number | undefined;
}

/** In milliseconds; the same clock in every thread of a process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * After a page of fewer events the next nudge is waited for: a batch per few events would be slow.
 * A page may be short because its events are large: then it takes long.
 */
const WORTHWHILE_EVENTS = 256;
const WORTHWHILE_MS = 10;
type PageSize = 'empty' | 'small' | 'large';

interface RunningRebuild {
  readonly steps: AsyncGenerator<void, readonly RebuildReport[]>;
  readonly resolve: (reports: readonly RebuildReport[]) => void;
  /** Undefined when nobody asked: then a failure ends the loop. */
  readonly reject: ((error: unknown) => void) | undefined;
}

export class Following {
  readonly #options: FollowingOptions;
  #rebuild: RunningRebuild | undefined;
  /** Begun between two pages: a page that is on its way is for the feeds as they are. */
  readonly #asked: { readonly begin: () => void; readonly reject: (error: unknown) => void }[] = [];
  #isStopping = false;
  #isNudged = false;
  #wake: () => void = () => {};

  constructor(options: FollowingOptions) {
    this.#options = options;
    const { store, reader, onRebuilt = () => {} } = options;
    if (store.rebuild !== undefined) {
      const steps = rebuildSteps({ store, reader, onProgress: () => {} });
      this.#rebuild = { steps, resolve: onRebuilt, reject: undefined };
    }
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      // Whoever comes after this one knows nothing of them.
      for (const { reject } of this.#asked.splice(0)) reject(error);
      throw error;
    }
  }

  /** There may be new events. */
  nudge(): void {
    this.#isNudged = true;
    this.#wake();
  }

  /** Rejects when the rebuild fails; the live projections go on as they were. */
  rebuild(
    names: readonly string[],
    onProgress: (progress: RebuildProgress) => void,
  ): Promise<readonly RebuildReport[]> {
    const { store, reader } = this.#options;
    return new Promise((resolve, reject) => {
      const begin = () => {
        try {
          store.startRebuild(names);
          this.#rebuild = { steps: rebuildSteps({ store, reader, onProgress }), resolve, reject };
        } catch (error) {
          reject(error);
        }
      };
      this.#asked.push({ begin, reject });
      this.nudge();
    });
  }

  /** `run` ends once the log, as it is then, is in the rows. */
  stop(): void {
    this.#isStopping = true;
    this.nudge();
  }

  async #run(): Promise<void> {
    await this.#assertLogHoldsRows();
    for (;;) {
      // Asked before the log is read: what it holds when the stop comes is still taken in.
      const isStopping = this.#isStopping;
      for (const { begin } of this.#asked.splice(0)) begin();
      const page = await this.#advanceLive();
      const isFarBehind = isStopping ? page !== 'empty' : page === 'large';
      const hasRebuilt = !isStopping && (await this.#advanceRebuild());
      if (isFarBehind || hasRebuilt || this.#options.store.dropRetired()) await breath();
      else if (isStopping) return;
      else await this.#idle();
    }
  }

  async #assertLogHoldsRows(): Promise<void> {
    const { store, reader } = this.#options;
    const head = await reader.head();
    for (const feed of [store.live, store.rebuild])
      if (feed !== undefined && feed.checkpoint.position > head)
        throw new LogShorterThanRows(feed.checkpoint.logIndex);
  }

  async #advanceLive(): Promise<PageSize> {
    const { store, reader, onProgress, onFollowed } = this.#options;
    const { live } = store;
    if (live === undefined) return 'empty';
    const started = monotonicMs();
    const after = live.checkpoint;
    let endedAt: number | undefined;
    const onEnd = () => (endedAt = started);
    const events = await reader.readAllFacts({ after, limit: PAGE_EVENTS, onEnd });
    try {
      live.apply(events);
    } catch (error) {
      onProgress(live.checkpoint, false);
      throw error;
    }
    onFollowed?.({ after, upTo: live.checkpoint, events, endedAt });
    const size = sizeOf(events.length, monotonicMs() - started);
    onProgress(live.checkpoint, size !== 'large' && store.rebuild === undefined);
    return size;
  }

  async #advanceRebuild(): Promise<boolean> {
    const running = this.#rebuild;
    if (running === undefined) return false;
    try {
      const step = await running.steps.next();
      if (!step.done) return true;
      this.#rebuild = undefined;
      running.resolve(step.value);
    } catch (error) {
      if (running.reject === undefined) throw error;
      this.#rebuild = undefined;
      this.#options.store.abandonRebuild();
      running.reject(error);
    }
    return true;
  }

  async #idle(): Promise<void> {
    if (!this.#isNudged)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#isNudged = false;
    this.#wake = () => {};
  }
}

function sizeOf(events: number, milliseconds: number): PageSize {
  if (events === 0) return 'empty';
  return events >= WORTHWHILE_EVENTS || milliseconds > WORTHWHILE_MS ? 'large' : 'small';
}
