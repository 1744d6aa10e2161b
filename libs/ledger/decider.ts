// What a decision is: a function from a command and the state of one stream to events or a refusal.
// No clock, no randomness, no store: whoever runs it brings those as part of the command.
import { z } from 'zod';

/** Declares an event: its lasting type name and the shape of its data. Both are stored format. */
export function event<T extends string, S extends z.ZodRawShape>(type: T, data: S) {
  return z.strictObject({ type: z.literal(type), data: z.strictObject(data) });
}

export interface AnyEvent {
  readonly type: string;
  readonly data: object;
}

/** A refusal is data: a code that says what must hold, and the values that explain it. */
export interface Refusal<R extends string = string> {
  readonly refused: R;
  readonly details: Readonly<Record<string, unknown>>;
}

/** No events means that the command was done already: it changes nothing and is no refusal. */
export interface Accepted<E extends AnyEvent = AnyEvent> {
  readonly events: readonly E[];
}

export type Decision<E extends AnyEvent, R extends string> = Accepted<E> | Refusal<R>;

export function accept<E extends AnyEvent>(...events: readonly E[]): Accepted<E> {
  return { events };
}

export function refuse<R extends string>(
  code: R,
  details: Readonly<Record<string, unknown>> = {},
): Refusal<R> {
  return { refused: code, details };
}

/** Tells a refusal from what was asked for: a decision, or a value that a guard gives back. */
export function isRefusal<T extends object, R extends string>(
  answer: T | Refusal<R>,
): answer is Refusal<R> {
  return 'refused' in answer;
}

/**
 * How one category of streams is folded. `evolve` may update large indexes inside the state in
 * place: whoever folds owns the state and drops it when an append did not happen.
 */
export interface Decider<S, E extends AnyEvent> {
  readonly category: string;
  /** Changes whenever a fold gives another state from the same events: drops old snapshots. */
  readonly foldVersion: number;
  readonly initial: () => S;
  readonly evolve: (state: S, event: E) => S;
  /** About how many bytes the state holds; bounds the runner's cache. */
  readonly sizeOf: (state: S) => number;
  readonly snapshot?: SnapshotCodec<S>;
}

/**
 * How the state of a long stream is kept between runs: a small head that is replaced at every
 * save and parts that are only ever added, each at most about 2 MB, so that a save costs in
 * proportion to what is new and a restore can pause between parts.
 */
export interface SnapshotCodec<S> {
  /** `savedEntries` is what the last save returned, 0 for the first. */
  readonly save: (
    state: S,
    savedEntries: number,
  ) => {
    readonly head: Uint8Array;
    readonly parts: readonly Uint8Array[];
    readonly entries: number;
  };
  readonly restore: (head: Uint8Array) => {
    readonly add: (part: Uint8Array) => void;
    readonly finish: () => S;
  };
}
