// ClickHouse's copy of the log, kept up to date by a thread of this node for as long as it serves.
// Nothing waits for it: while ClickHouse is away commands, reads and readiness are as ever, and it
// is said how far the copy is. Every node does so: what two insert counts once, and no node has to
// be chosen. A close does not rely on it either: it brings the tables up to its cutoff itself.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { CopyNews } from '#analytics/clickhouse/follow.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import type { LogSource } from '#event-store/log-source.ts';
import type { Config } from '../config.ts';
import { CONFIG } from '../wiring.ts';

export interface CopyParts {
  readonly source: LogSource;
  readonly target: ClickHouseTarget;
}

export interface CopyStatus {
  /**
   * `outage`: tried again by itself; `alarm`: likewise, but somebody has to do as the message says.
   */
  readonly state: 'starting' | 'catching_up' | 'following' | 'outage' | 'alarm' | 'stopped';
  /** How many events of the log ClickHouse is known to hold; undefined before it was asked. */
  readonly events: number | undefined;
  readonly message: string | undefined;
}

/** A thread that ended has met what no waiting mends: somebody may mend it. */
const AGAIN_AFTER_MS = 30_000;
const THREAD_MEGABYTES = 256;
/** Two blocks of the log are encoded outside the heap. */
const THREAD_YOUNG_MEGABYTES = 32;

@Injectable()
export class ClickHouseCopy implements OnModuleDestroy {
  readonly #log = new Logger('ClickHouseCopy');
  readonly #parts: CopyParts | undefined;
  #status: CopyStatus = { state: 'stopped', events: undefined, message: undefined };
  #thread: Worker | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(@Inject(CONFIG) { log, engine }: Config) {
    if (engine.kind !== 'clickhouse') return;
    const { kind: _kind, ...target } = engine;
    this.#parts = { source: log, target };
  }

  /** Undefined when statements are computed on another engine: there is no copy. */
  status(): CopyStatus | undefined {
    return this.#parts && this.#status;
  }

  /** Does nothing when there is no ClickHouse to keep up to date. */
  start(): void {
    if (this.#parts === undefined || this.#thread !== undefined) return;
    const thread = startThread(this.#parts);
    let fault: Error | undefined;
    this.#thread = thread;
    this.#status = { ...this.#status, state: 'starting' };
    thread.on('message', (news: CopyNews) => this.#hear(news));
    thread.once('error', (error: Error) => (fault = error));
    thread.once('exit', () => this.#ended(fault?.message ?? 'the thread ended'));
  }

  /** Wherever it is: an insert that is cut off is made again by whoever comes next. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.#again);
    this.#status = { ...this.#status, state: 'stopped' };
    await this.#thread?.terminate();
  }

  #hear(news: CopyNews): void {
    if (this.#status.state === 'stopped') return;
    if (news.kind === 'outage') return this.#failed(news.isDamage ? 'alarm' : 'outage', news);
    const { events, isCaughtUp } = news;
    const before = this.#status.state;
    const isFollowing = isCaughtUp || before === 'following';
    this.#status = { state: isFollowing ? 'following' : 'catching_up', events, message: undefined };
    if (isFollowing && before !== 'following')
      this.#log.log(`ClickHouse has caught up with the log at ${events} events`);
  }

  #failed(state: 'outage' | 'alarm', { message }: { readonly message: string }): void {
    const isNews = this.#status.message !== message;
    this.#status = { ...this.#status, state, message };
    if (!isNews) return;
    if (state === 'alarm') this.#log.error(message);
    else this.#log.warn(`ClickHouse falls behind the log: ${message}`);
  }

  #ended(message: string): void {
    this.#thread = undefined;
    if (this.#status.state === 'stopped') return;
    this.#failed('alarm', { message });
    this.#again = setTimeout(() => this.start(), AGAIN_AFTER_MS);
  }
}

/** The same file as this one's: sources under jest, compiled in dist. */
function startThread(parts: CopyParts): Worker {
  const script = new URL(`./clickhouse-copy.worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(script, {
    workerData: parts,
    resourceLimits: {
      maxOldGenerationSizeMb: THREAD_MEGABYTES,
      maxYoungGenerationSizeMb: THREAD_YOUNG_MEGABYTES,
    },
  });
}
