// What the main thread and the follower's thread say to each other.
import type { LogSource } from '#event-store/log-source.ts';
import type { LogNews } from '#event-store/transaction.ts';
import type { Checkpoint } from '#read-store/read-model.ts';
import type { RebuildProgress, RebuildReport } from '#read-store/rebuild.ts';

export interface FollowerFiles {
  readonly source: LogSource;
  readonly readFile: string;
}

export type ToFollower =
  | { readonly kind: 'nudge' }
  | { readonly kind: 'rebuild'; readonly names: readonly string[] | 'all' }
  /** Go on to the log's end as it is then, close, exit. */
  | { readonly kind: 'stop' };

export type FromFollower =
  /** The tables exist: queries may be opened. */
  | { readonly kind: 'opened'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'progress'; readonly checkpoint: Checkpoint; readonly isCaughtUp: boolean }
  /** Where others write too. */
  | ({ readonly kind: 'followed' } & LogNews)
  | { readonly kind: 'rebuilding'; readonly progress: RebuildProgress }
  | { readonly kind: 'rebuilt'; readonly reports: readonly RebuildReport[] }
  | { readonly kind: 'rebuild_failed'; readonly message: string }
  /** The log is out of reach: it is tried again by itself, ever more slowly. */
  | { readonly kind: 'outage'; readonly message: string }
  /** It has stopped for good; starting it again would not help. */
  | { readonly kind: 'alarm'; readonly message: string };
