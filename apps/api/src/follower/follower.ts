// The follower as the main thread sees it: started with the service, told of every commit, asked
// how far it is. A thread that dies is started again, later each time; one that raised an alarm
// is not.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import type { Position } from '#event-store/port.ts';
import type { LogNews } from '#event-store/transaction.ts';
import { monotonicMs } from '#read-store/following.ts';
import { openReadModel, type Checkpoint, type ReadModel } from '#read-store/read-model.ts';
import type { RebuildProgress, RebuildReport } from '#read-store/rebuild.ts';
import { Arrivals } from './arrivals.ts';
import type { FollowerFiles, FromFollower, ToFollower } from './messages.ts';

export type { RebuildProgress, RebuildReport };

export type FollowerState =
  /** Not yet opened, or catching up with the log since it was. */
  'starting' | 'catching_up' | 'following' | 'restarting' | 'alarm' | 'stopped';

export interface FollowerStatus {
  readonly state: FollowerState;
  readonly checkpoint: Checkpoint;
  /** The alarm, or what the thread died of. */
  readonly message?: string;
}

/** The read models cannot be opened: the message is fit to be printed. */
export class FollowerAlarm extends Error {
  override readonly name = 'FollowerAlarm';
}

export interface FollowerOptions extends FollowerFiles {
  /** For tests: the thread is started by this. */
  readonly startThread?: (files: FollowerFiles) => Worker;
}

/** What is committed meanwhile is followed in one batch; whoever waits does not wait for this. */
const NUDGE_MS = 40;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;
/** Draining past this is cut off: the rows are as safe as ever, only further behind. */
const STOP_MS = 20_000;
const THREAD_MEGABYTES = 256;
/** A page of events is all that it holds for longer than a moment. */
const THREAD_YOUNG_MEGABYTES = 32;

interface RequestedRebuild {
  readonly onProgress: (progress: RebuildProgress) => void;
  readonly resolve: (reports: readonly RebuildReport[]) => void;
  readonly reject: (error: Error) => void;
}

export class Follower {
  readonly #log = new Logger('Follower');
  readonly #files: FollowerFiles;
  readonly #startThread: (files: FollowerFiles) => Worker;
  readonly #arrivals = new Arrivals();
  readonly #alarmListeners = new Set<(message: string) => void>();
  readonly #newsListeners = new Set<(news: LogNews) => void>();
  readonly #readModels: ReadModel[] = [];
  #thread: Worker | undefined;
  #state: FollowerState = 'starting';
  #message: string | undefined;
  #checkpoint: Checkpoint = { position: -1n, logIndex: -1 };
  #asOf = Number.NEGATIVE_INFINITY;
  #nextNudge: NodeJS.Timeout | undefined;
  /** The furthest that somebody waits for: the thread was told of it. */
  #urged: Position = -1n;
  #target: Position = -1n;
  #backoffMs = FIRST_BACKOFF_MS;
  #restart: NodeJS.Timeout | undefined;
  #rebuild: RequestedRebuild | undefined;

  constructor({ source, readFile, startThread = startFollowerThread }: FollowerOptions) {
    this.#files = { source, readFile };
    this.#startThread = startThread;
  }

  /** Resolves once the tables exist; rejects when they cannot be opened. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#begin(resolve, reject));
  }

  /** There are events up to here. Called at every commit: the thread is told now and then. */
  nudge(position: Position): void {
    if (position > this.#target) this.#target = position;
    this.#nextNudge ??= setTimeout(() => this.#nudgeNow(), NUDGE_MS);
  }

  checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /**
   * By this thread's monotonic clock: what stood in the log by then is in the rows. Known only
   * where others write too.
   */
  knowsLogAsOf(): number {
    return this.#asOf;
  }

  status(): FollowerStatus {
    const status = { state: this.#state, checkpoint: this.#checkpoint };
    return this.#message === undefined ? status : { ...status, message: this.#message };
  }

  /** True once rows contain the position; false when they do not in time, or will not. */
  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.#checkpoint.position >= position) return true;
    if (this.#state === 'alarm' || this.#state === 'stopped') return false;
    if (position > this.#urged) this.#nudgeNow();
    if (position > this.#urged) this.#urged = position;
    return this.#arrivals.wait(position, timeoutMs);
  }

  /** After every page that was committed. Gives back how to stop listening. */
  onProgress(listener: (checkpoint: Checkpoint) => void): () => void {
    return this.#arrivals.listen(listener);
  }

  /** Of every page, where others write too; times are by this thread's monotonic clock. */
  onNews(listener: (news: LogNews) => void): void {
    this.#newsListeners.add(listener);
  }

  onAlarm(listener: (message: string) => void): () => void {
    this.#alarmListeners.add(listener);
    return () => this.#alarmListeners.delete(listener);
  }

  /** Queries on a connection of their own, closed by `stop`. */
  readModel(): ReadModel {
    const readModel = openReadModel(this.#files.readFile);
    this.#readModels.push(readModel);
    return readModel;
  }

  /** Builds projections anew beside the live ones, compares and switches; one at a time. */
  rebuild(
    names: readonly string[] | 'all',
    onProgress: (progress: RebuildProgress) => void = () => {},
  ): Promise<readonly RebuildReport[]> {
    return new Promise((resolve, reject) => {
      if (this.#rebuild !== undefined) throw new Error('a rebuild is running already');
      if (this.#thread === undefined) throw new Error(`the follower is ${this.#state}`);
      this.#rebuild = { onProgress, resolve, reject };
      this.#tell({ kind: 'rebuild', names });
    });
  }

  /** After what the log holds now is in the rows. */
  async stop(): Promise<void> {
    clearTimeout(this.#restart);
    clearTimeout(this.#nextNudge);
    const thread = this.#thread;
    this.#state = 'stopped';
    if (thread !== undefined) {
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      this.#tell({ kind: 'stop' });
      const deadline = setTimeout(() => void thread.terminate(), STOP_MS);
      await exited;
      clearTimeout(deadline);
    }
    this.#arrivals.giveUp();
    for (const readModel of this.#readModels) readModel.close();
    this.#readModels.length = 0;
  }

  #begin(opened = () => {}, failed: (error: Error) => void = () => {}): void {
    const thread = this.#startThread(this.#files);
    let fault: Error | undefined;
    this.#thread = thread;
    this.#urged = -1n;
    thread.on('message', (message: FromFollower) => {
      if (message.kind === 'opened') opened();
      this.#hear(message);
    });
    thread.once('error', (error: Error) => (fault = error));
    thread.once('exit', () => {
      this.#ended(fault);
      failed(new FollowerAlarm(`the read models cannot be followed: ${this.#message}`));
    });
  }

  #hear(message: FromFollower): void {
    switch (message.kind) {
      case 'opened':
        this.#state = 'catching_up';
        return this.#arrived(message.checkpoint);
      case 'progress':
        this.#arrived(message.checkpoint);
        if (message.isCaughtUp) this.#caughtUp();
        return;
      case 'followed':
        return this.#heard(message);
      case 'rebuilding':
        return this.#rebuild?.onProgress(message.progress);
      case 'rebuilt':
        this.#tellRebuilt(message.reports);
        this.#rebuild?.resolve(message.reports);
        this.#rebuild = undefined;
        return;
      case 'rebuild_failed':
        this.#rebuild?.reject(new Error(message.message));
        this.#rebuild = undefined;
        return;
      case 'outage':
        return this.#outage(message.message);
      case 'alarm':
        return this.#raise(message.message);
    }
  }

  #heard(news: LogNews): void {
    // The clock that all threads share has another origin than this thread's own.
    const asOf = news.asOf && performance.now() - (monotonicMs() - news.asOf);
    if (asOf !== undefined) this.#asOf = asOf;
    for (const listener of this.#newsListeners) listener({ ...news, asOf });
  }

  #outage(message: string): void {
    if (this.#state !== 'stopped') this.#state = 'catching_up';
    if (this.#message !== message) this.#log.warn(`the log is out of reach: ${message}`);
    this.#message = message;
  }

  #tellRebuilt(reports: readonly RebuildReport[]): void {
    for (const { projection, version, logIndex, matches } of reports)
      if (matches === false)
        this.#log.error(`${projection} v${version} was not what a replay gives at ${logIndex}`);
      else this.#log.log(`${projection} v${version} is rebuilt`);
  }

  #caughtUp(): void {
    if (this.#state === 'catching_up') {
      this.#state = 'following';
      this.#log.log(`read models have caught up at ${this.#checkpoint.logIndex}`);
    }
    this.#message = undefined;
    this.#backoffMs = FIRST_BACKOFF_MS;
  }

  #arrived(checkpoint: Checkpoint): void {
    this.#checkpoint = checkpoint;
    this.#arrivals.arrived(checkpoint);
    if (this.#target > checkpoint.position) this.nudge(this.#target);
  }

  #raise(message: string): void {
    this.#state = 'alarm';
    this.#message = message;
    this.#log.error(message);
    this.#arrivals.giveUp();
    for (const listener of this.#alarmListeners) listener(message);
  }

  #ended(fault: Error | undefined): void {
    this.#thread = undefined;
    this.#rebuild?.reject(new Error(`the follower ended: ${fault?.message ?? this.#state}`));
    this.#rebuild = undefined;
    if (this.#state === 'stopped' || this.#state === 'alarm') return;
    const hasOpened = this.#state !== 'starting';
    this.#message = fault?.message ?? 'the thread ended';
    if (!hasOpened) return void (this.#state = 'stopped');
    this.#state = 'restarting';
    this.#log.warn(`${this.#message}: started again in ${this.#backoffMs} ms`);
    this.#restart = setTimeout(() => this.#begin(), this.#backoffMs);
    this.#backoffMs = Math.min(2 * this.#backoffMs, LONGEST_BACKOFF_MS);
  }

  #nudgeNow(): void {
    clearTimeout(this.#nextNudge);
    this.#nextNudge = undefined;
    this.#tell({ kind: 'nudge' });
  }

  #tell(message: ToFollower): void {
    this.#thread?.postMessage(message);
  }
}

/** The same file as this one's: sources under jest, compiled in dist. */
function startFollowerThread(files: FollowerFiles): Worker {
  const script = new URL(`./follower.worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(script, {
    workerData: files,
    resourceLimits: {
      maxOldGenerationSizeMb: THREAD_MEGABYTES,
      maxYoungGenerationSizeMb: THREAD_YOUNG_MEGABYTES,
    },
  });
}
