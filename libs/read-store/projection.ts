// What a projection is: one question, its tables, and a pure `evolve` from an event to keyed rows.
// It never throws and never rejects a fact; rows and checkpoint commit together.
import type { EventType, RecordedLedgerEvent } from '#ledger/events.ts';

/** Money is TEXT (decimal minor units), times are TEXT, counts and flags INTEGER. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Table<R extends Row = Row> {
  /** snake_case; the store adds the projection's version to it. */
  readonly name: string;
  /** Columns in order, each `text` or `integer`, nullable where said. */
  readonly columns: Readonly<Record<keyof R & string, ColumnType>>;
  readonly key: readonly (keyof R & string)[];
  readonly indexes?: readonly (readonly (keyof R & string)[])[];
  /** Never set: it carries the row's type to `Rows`. */
  readonly row?: R;
}
export type ColumnType = 'text' | 'integer' | 'text null' | 'integer null';

/** The rows that `evolve` may touch, all by key; key values in the order of the table's key. */
export interface Rows {
  get<R extends Row>(table: Table<R>, ...key: readonly Value[]): R | undefined;
  put<R extends Row>(table: Table<R>, row: R): void;
  delete<R extends Row>(table: Table<R>, ...key: readonly Value[]): void;
}

export interface Projection {
  /** kebab-case, the folder's name. */
  readonly name: string;
  /** New logic is a new version; its tables are built beside the old ones. */
  readonly version: number;
  readonly tables: readonly Table[];
  readonly handles: readonly EventType[];
  evolve(event: RecordedLedgerEvent, rows: Rows): void;
}
