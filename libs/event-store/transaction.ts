// What a command asks of the runner and what it gets back. The runner itself is in `runner.ts`.
import type { CommandContext } from '#ledger/command-context.ts';
import type { AnyEvent, Decider, Decision, Refusal } from '#ledger/decider.ts';
import type { ExpectedRevision, NewEvent, Position } from './port.ts';

/** A stream and how it is folded. */
export interface StreamRef<S, E extends AnyEvent> {
  readonly decider: Decider<S, E>;
  readonly stream: string;
}

/** Read `state` at once: a later command may evolve it in place. */
export interface Loaded<S> {
  readonly state: S;
  readonly revision: ExpectedRevision;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- streams of any category
export type AnyStreamRef = StreamRef<any, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the decision knows which
export type AnyLoaded = Loaded<any>;

/** The related streams as the decision gets them: each in its place, with its own state. */
export type LoadedOf<L extends readonly AnyStreamRef[]> = {
  readonly [K in keyof L]: Loaded<ReturnType<L[K]['decider']['initial']>>;
};

export interface Transaction<
  S,
  E extends AnyEvent,
  R extends string,
  L extends readonly AnyStreamRef[] = readonly AnyStreamRef[],
> extends StreamRef<S, E> {
  /** Streams that the decision also rests on, in the order in which `decide` gets them. */
  readonly related?: L;
  readonly context: CommandContext;
  /**
   * The stream most likely does not exist: where others write too, it is decided on as new without
   * being read. A conflict tells when that was wrong, and an answer that appends nothing is given
   * only after reading it.
   */
  readonly isPresumedNew?: boolean;
  /** Pure; may be called more than once. */
  readonly decide: (state: S, related: LoadedOf<L>) => Decision<E, R>;
}

/** What somebody who follows the log found in it, going on from where he was. */
export interface LogNews {
  /** How far he had come, and has come now, as logIndex. */
  readonly after: number;
  readonly upTo: number;
  /** Each stream that has events in between, and in the same place its last revision there. */
  readonly streams: readonly string[];
  readonly revisions: readonly number[];
  /** By a monotonic clock in ms: nothing stands behind `upTo` that stood in the log by then. */
  readonly asOf: number | undefined;
}

/** An event of the command as its stream holds it. */
export type EventInStream<E extends AnyEvent> = E &
  NewEvent & { readonly stream: string; readonly revision: number };

export type Transacted<S, E extends AnyEvent, R extends string> =
  Accomplished<S, E> | { readonly outcome: 'refused'; readonly refusal: Refusal<R | KeyReused> };

export interface Accomplished<S, E extends AnyEvent> {
  /** New events; nothing to do; or done before under the same idempotency key. */
  readonly outcome: 'stored' | 'unchanged' | 'repeated';
  /** The command's events: those just stored or those first stored under its key. */
  readonly events: readonly EventInStream<E>[];
  /** The stream's state with this command in it, and perhaps later ones: answer from `events`. */
  readonly state: S;
  /** Of the stream's last event known then. */
  readonly revision: ExpectedRevision;
  /** A reader that has come this far has seen what this answer rests on in the stream. */
  readonly position: Position;
}

export type KeyReused = 'idempotency_key_must_not_be_reused';

/** Other writers, or a store that did not answer, were in the way at each attempt. */
export class TooManyAttempts extends Error {
  override readonly name = 'TooManyAttempts';

  constructor(stream: string, attempts: number, cause: unknown) {
    super(`${stream}: given up after ${attempts} attempts to append`, { cause });
  }
}
