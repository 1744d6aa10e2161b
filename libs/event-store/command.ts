// One command on its way through the runner, and what was decided about it in its batch.
import type { AnyEvent, Refusal } from '#ledger/decider.ts';
import type { Metadata } from '#ledger/metadata.ts';
import type { KeyUse } from './folded-stream.ts';
import type { AppendedEvent, OutcomeUnknown } from './port.ts';
import type { StreamSlot } from './stream-slots.ts';
import type { Transacted, Transaction } from './transaction.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- on a stream of any category
export type AnyTransaction = Transaction<any, any, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its answer
export type AnyTransacted = Transacted<any, AnyEvent, string>;

export class Command {
  readonly transaction: AnyTransaction;
  readonly metadata: Metadata;
  readonly related: readonly StreamSlot[];
  readonly resolve: (answer: AnyTransacted) => void;
  readonly reject: (reason: unknown) => void;
  attempts = 0;
  /**
   * An append of it after this revision that was not there when it was looked for. It may yet come
   * to be for as long as nothing else stands in its place.
   */
  unknown: { readonly error: OutcomeUnknown; readonly after: number } | undefined;
  /**
   * Where others write too, an answer that appends nothing is given only by a second look, at
   * state read to each stream's end.
   */
  look: 'first' | 'must_be_renewed' | 'final' = 'first';

  constructor(
    transaction: AnyTransaction,
    metadata: Metadata,
    related: readonly StreamSlot[],
    answer: Pick<Command, 'resolve' | 'reject'>,
  ) {
    this.transaction = transaction;
    this.metadata = metadata;
    this.related = related;
    this.resolve = answer.resolve;
    this.reject = (reason) => answer.reject(this.unknown?.error ?? reason);
  }
}

/** A command and what was decided; `revision` is the stream's last with the command in it. */
export type Judged = { readonly command: Command; readonly revision: number } & (
  | { readonly verdict: 'accepted'; readonly events: readonly AppendedEvent[] }
  | { readonly verdict: 'unchanged' }
  | { readonly verdict: 'repeated'; readonly use: KeyUse }
  | { readonly verdict: 'refused'; readonly refusal: Refusal; readonly isCertain: boolean }
);

/** Decided one after another, to be appended together. */
export interface Batch {
  readonly slot: StreamSlot;
  /** Of the stream before the batch; -1 when there was none. */
  readonly after: number;
  readonly judged: readonly Judged[];
  readonly events: readonly AppendedEvent[];
}
