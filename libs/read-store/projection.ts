// What a projection is: one question, its tables, and a pure `evolve` from an event to keyed rows.
// It never throws and never rejects a fact; rows and checkpoint commit together. Rows hold neither
// positions nor recorded times, so that a replay and a copied log give the same state hash.
import type { EventOf, EventType, Recorded, RecordedLedgerEvent } from '#ledger/events.ts';

/** Money is TEXT (decimal minor units), times are TEXT, counts and flags INTEGER. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

type ColumnType = 'text' | 'integer' | 'text null' | 'integer null';
/** A column's SQL type, which also carries the type of its values. */
export type Column<V extends Value = Value> = ColumnType & { readonly holds?: V };
type Columns = Readonly<Record<string, Column>>;

export const text = 'text' as Column<string>;
export const textOrNull = 'text null' as Column<string | null>;
export const integer = 'integer' as Column<number>;
export const integerOrNull = 'integer null' as Column<number | null>;
/** 0 or 1. */
export const flag = 'integer' as Column<0 | 1>;
export const oneOf = <V extends string>() => 'text' as Column<V>;
export const oneOfOrNull = <V extends string>() => 'text null' as Column<V | null>;

type RowOfColumns<C> = {
  readonly [K in keyof C]: C[K] extends Column<infer V> ? V : never;
};

/** Rows for which `where` holds, when it is given: a query must repeat it word for word. */
export interface Index<K extends string = string> {
  readonly on: readonly K[];
  readonly where?: string;
}

export interface Table<R extends Row = Row> {
  /** snake_case, unique among all projections; queries know the active version by this name. */
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly key: readonly string[];
  readonly indexes: readonly Index[];
  /** Never set: it carries the row's type to `Rows`. */
  readonly row?: R;
}
export type RowOf<T> = T extends Table<infer R> ? R : never;

/** Declares a table once: the row's type follows from the columns. */
export function table<const C extends Columns>(declaration: {
  readonly name: string;
  readonly columns: C;
  readonly key: readonly (keyof C & string)[];
  readonly indexes?: readonly Index<keyof C & string>[];
}): Table<RowOfColumns<C>> {
  return { indexes: [], ...declaration };
}

/** The rows that `evolve` may touch, all by key; key values in the order of the table's key. */
export interface Rows {
  get<R extends Row>(table: Table<R>, ...key: readonly Value[]): R | undefined;
  put<R extends Row>(table: Table<R>, row: R): void;
  /** Of a key that no earlier event can have put: cheaper than `put`, above all if deleted. */
  add<R extends Row>(table: Table<R>, row: R): void;
  /** A row that no other event gets, puts or deletes: cheaper than `put`. */
  append<R extends Row>(table: Table<R>, row: R): void;
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

type Evolutions = {
  readonly [T in EventType]?: (event: EventOf<T> & Recorded, rows: Rows) => void;
};

/** Declares a projection: what it handles is what `on` has an evolution for. */
export function projection(declaration: {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly Table[];
  readonly on: Evolutions;
}): Projection {
  const { on, ...rest } = declaration;
  return {
    ...rest,
    handles: Object.keys(on) as EventType[],
    evolve: (event, rows) => on[event.type]?.(event as never, rows),
  };
}

/** Changes columns of a row that is there; a row that is not has nothing to change. */
export function change<R extends Row>(
  rows: Rows,
  table: Table<R>,
  key: readonly Value[],
  changes: Partial<R>,
): void {
  const row = rows.get(table, ...key);
  if (row !== undefined) rows.put(table, { ...row, ...changes });
}
