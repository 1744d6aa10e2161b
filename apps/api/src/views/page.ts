// Pages of a list: at most `limit` items and the opaque cursor of what comes next. A cursor names
// its operation, so that one of another list is refused and not misread.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Parameters, ReadModel } from '#read-store/read-model.ts';
import type { Row, Value } from '#read-store/projection.ts';
import { RequestRefused } from '../http/problem.ts';

const MOST_ITEMS = 200;

/** Query parameters of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a number from 1 to 200')
    .transform(Number)
    .refine((limit) => limit <= MOST_ITEMS, 'must be a number from 1 to 200')
    .meta({ examples: ['50'] })
    .default(50),
  cursor: z.string().max(1_024).optional(),
};
export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/** How a list is paged. */
export interface Listing<R extends Row, T> {
  /** Names the operation in its cursors. */
  readonly name: string;
  /**
   * Starts behind the keys, parameters `:after…` of the columns in `from`, and ends in
   * `LIMIT :limit`. A line `AND (:x IS NULL OR …)` is a filter, left out when `x` is null.
   */
  readonly sql: string;
  /** The columns that order the list, with what stands before the first row. */
  readonly from: { readonly [K in keyof R & string]?: string | number };
  readonly item: (row: R) => T;
}

export function readPage<R extends Row, T>(
  read: ReadModel,
  { name, sql, from, item }: Listing<R, T>,
  { limit, cursor }: PageAsked,
  filters: Parameters = {},
): Page<T> {
  const columns = Object.keys(from);
  const after = cursor === undefined ? Object.values(from) : keysOf(name, cursor, from);
  const keys = columns.map((column, at) => [`after${capitalised(column)}`, after[at] as Value]);
  const filtered = withFilters(sql, filters);
  const parameters = { ...filters, ...Object.fromEntries(keys), limit: limit + 1 };
  const rows = read.all<R>(filtered, namedIn(filtered, parameters));
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(item),
    next:
      last === undefined
        ? null
        : cursorOf(
            name,
            columns.map((column) => last[column] ?? null),
          ),
  };
}

const FILTER = /^\s*AND \(:(\w+) IS NULL OR (.+)\)$/gm;

/** Only with the filters that were given: an index serves a condition, but no "or not asked". */
const withFilters = (sql: string, filters: Parameters): string =>
  sql.replaceAll(FILTER, (_line, name: string, condition: string) =>
    filters[name] === null ? '' : `  AND ${condition}`,
  );

/** SQLite refuses parameters that the statement does not name. */
const namedIn = (sql: string, parameters: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(parameters).filter(([name]) => new RegExp(`:${name}\\b`).test(sql)),
  );

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export const cursorOf = (name: string, keys: readonly Value[]) =>
  Buffer.from(JSON.stringify([name, ...keys])).toString('base64url');

/** The keys that a cursor of this list holds, of the kinds of `from`; refuses any other. */
export function keysOf(name: string, cursor: string, from: object): readonly unknown[] {
  const kinds = Object.values(from).map((start) => typeof start);
  try {
    const [of, ...keys] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const isOurs =
      keys.length === kinds.length && keys.every((key, at) => typeof key === kinds[at]);
    if (of === name && isOurs) return keys;
  } catch {
    // Falls through: whatever it is, this list did not give it.
  }
  throw new RequestRefused('request_must_match_schema', [
    { in: 'query', pointer: '/cursor', message: 'is not a cursor that this list gave' },
  ]);
}

/** Where a descending list begins: after every time and every id. */
export const LATEST = '9';
export const LAST = '\u{10ffff}';

/** The SQL beside the query that runs it. */
export const sqlBeside = (module: string, name: string): string =>
  readFileSync(new URL(name, module), 'utf8');

/** The row, or the problem that there is no such thing. */
export function existing<R>(row: R | undefined, parameter: string, what: string): R {
  if (row !== undefined) return row;
  throw new RequestRefused('resource_must_exist', [
    { in: 'path', pointer: `/${parameter}`, message: `names no ${what}` },
  ]);
}
