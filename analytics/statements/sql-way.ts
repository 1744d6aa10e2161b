// The first way to a period's statements, as every SQL engine offers it: given the columnar copy of
// the log it computes each amount again and writes the documents' canonical text itself.
import type { ComputedStatement } from './run.ts';

export interface SqlInput {
  /** Parquet files of the lake that hold everything between `after` and the cutoff. */
  readonly eventFiles: readonly string[];
  readonly entryFiles: readonly string[];
  readonly period: string;
  readonly cutoffLogIndex: number;
  readonly carry?: SqlCarry;
  /** Only this payee's statement in this currency. */
  readonly only?: { readonly payeeId: string; readonly currency: string };
}

/** What the close of the period before left. */
export interface SqlCarry {
  readonly cutoffLogIndex: number;
  readonly entriesFile: string;
  readonly balancesFile: string;
}

/** One statement, and its document as RFC 8785 text: UTF-8 in pieces, one after the other. */
export interface SqlDocument {
  readonly statement: ComputedStatement;
  readonly pieces: readonly Uint8Array[];
}

export const textOf = ({ pieces }: SqlDocument): string => Buffer.concat(pieces).toString();

export interface SqlWay {
  /** Guards, computes, assigns, sums. Rejects with AmountDiffers, naming the event. */
  compute(): Promise<void>;
  /** In order of payee, then currency. */
  documents(): AsyncGenerator<SqlDocument>;
  /** Writes what the next close needs. */
  leaveCarry(files: { readonly entriesFile: string; readonly balancesFile: string }): Promise<void>;
}
