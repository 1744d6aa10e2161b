// ClickHouse as analytics uses it: over HTTP with deadlines, settings given once at the client,
// every number wider than 53 bits as text. Errors name the host and the reason, never a password.
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import type { ClickHouseTarget } from '../workspace.ts';

/** Nothing answers, or it stopped answering: what was asked may or may not have been done. */
export class ClickHouseUnreachable extends Error {
  override readonly name = 'ClickHouseUnreachable';
}

/** The server has no such database, and none was to be made. */
export class ClickHouseEmpty extends Error {
  override readonly name = 'ClickHouseEmpty';
}

/** The server answered that it cannot do it. */
export class ClickHouseRefused extends Error {
  override readonly name = 'ClickHouseRefused';
}

type Connection = NonNullable<Parameters<typeof createClient>[0]>['connection'];

export interface ClickHouseOptions {
  /** Instead of HTTP: an engine in this process. */
  readonly connection?: Connection;
  /** The longest that one statement may take; default ten minutes. */
  readonly deadlineMs?: number;
  /** Nothing is made: a database that is not there is an error. */
  readonly isReading?: boolean;
  /** Cuts off whatever is asked when it aborts. */
  readonly signal?: AbortSignal;
}

/** What a query names as `{name:Type}`. */
export type QueryParams = Readonly<Record<string, unknown>>;
export type Row = Readonly<Record<string, unknown>>;

export interface ClickHouse {
  readonly target: Pick<ClickHouseTarget, 'database' | 'cluster'>;
  run(sql: string, params?: QueryParams): Promise<void>;
  /** All rows of a small result; integers of 64 bits and more, decimals and times as text. */
  rows(sql: string, params?: QueryParams): Promise<readonly Row[]>;
  /** A result as lines with tabs between: for columns that hold neither. */
  lines(sql: string, params?: QueryParams): Promise<string>;
  /** `INSERT INTO … FORMAT TabSeparatedRaw` and its lines. */
  insert(sql: string, lines: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * What every statement runs under: nothing is left to a version's defaults that it rests on. Joins
 * give NULL, not zero, for what is missing; inserts are acknowledged when they are stored, and sent
 * to every shard at once, of which the same replica is asked as long as it is there.
 */
const SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  date_time_input_format: 'best_effort',
  date_time_output_format: 'simple',
  join_use_nulls: 1,
  async_insert: 0,
  distributed_foreground_insert: 1,
  distributed_product_mode: 'global',
  load_balancing: 'in_order',
  max_insert_block_size: '1048576',
  // A node of the cluster that is away makes its tables when it is back: it is not waited for.
  distributed_ddl_output_mode: 'null_status_on_timeout',
  distributed_ddl_task_timeout: '8',
};

/**
 * Only over HTTP: an answer begins when it is whole, so that an error is never half of a result; a
 * long statement says that it is still at work, so that no proxy hangs up.
 */
const HTTP_SETTINGS: ClickHouseSettings = {
  wait_end_of_query: 1,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '50000',
};

const CONNECT_DEADLINE_MS = 10_000;
const DEADLINE_MS = 600_000;

/**
 * The database is made when it is not there. Rejects with ClickHouseUnreachable or -Refused, and
 * with ClickHouseEmpty where nothing is to be made.
 */
export async function openClickHouse(
  target: ClickHouseTarget,
  options: ClickHouseOptions = {},
): Promise<ClickHouse> {
  const { database, cluster } = target;
  if (!/^[A-Za-z_]\w*$/.test(database))
    throw new ClickHouseRefused(`${database} cannot be the name of a database`);
  const { connection } = options;
  const client = new Client(target, options, true);
  const first = connection
    ? client
    : new Client(target, { ...options, deadlineMs: CONNECT_DEADLINE_MS }, false);
  try {
    const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${quotedName(cluster)}`;
    const known = await first.rows(
      'SELECT count() AS known FROM system.databases WHERE name = {database:String}',
      { database },
    );
    const isThere = Number(known[0]?.['known']) > 0;
    if (!isThere && options.isReading)
      throw new ClickHouseEmpty(`ClickHouse has no database ${database}`);
    if (!isThere) await first.run(`CREATE DATABASE IF NOT EXISTS ${database}${onCluster}`);
    if (connection) await useInProcess(first, database);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  } finally {
    if (first !== client) await first.close();
  }
}

/**
 * An engine in this process keeps them; said with each statement, each costs a copy of its text.
 */
async function useInProcess(client: ClickHouse, database: string): Promise<void> {
  await client.run(`USE ${database}`);
  for (const [name, value] of Object.entries(SETTINGS))
    await client.run(`SET ${name} = '${String(value)}'`);
}

/** The host and port that a URL names, without what else stands in it. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'an address that cannot be read';
  }
}

export const quotedName = (name: string) => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;

class Client implements ClickHouse {
  readonly target: ClickHouse['target'];
  readonly #client: ClickHouseClient;
  readonly #host: string;
  readonly #deadlineMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(target: ClickHouseTarget, options: ClickHouseOptions, isInDatabase: boolean) {
    const { connection, deadlineMs = DEADLINE_MS } = options;
    this.target = target;
    this.#host = connection ? 'in this process' : `at ${hostOf(target.url)}`;
    this.#deadlineMs = deadlineMs;
    this.#signal = options.signal;
    const log = { level: ClickHouseLogLevel.OFF };
    this.#client = connection
      ? createClient({ connection, log })
      : createClient({
          url: target.url,
          log,
          ...(isInDatabase && { database: target.database }),
          request_timeout: deadlineMs,
          max_response_headers_size: 1 << 20,
          clickhouse_settings: { ...SETTINGS, ...HTTP_SETTINGS },
        });
  }

  run(sql: string, params: QueryParams = {}): Promise<void> {
    return this.#do(async (abort_signal) => {
      await this.#client.command({ query: sql, query_params: { ...params }, abort_signal });
    });
  }

  rows(sql: string, params: QueryParams = {}): Promise<readonly Row[]> {
    return this.#do(async (abort_signal) => {
      const query = { query: sql, query_params: { ...params }, abort_signal };
      const result = await this.#client.query({ ...query, format: 'JSONEachRow' });
      return result.json<Row>();
    });
  }

  lines(sql: string, params: QueryParams = {}): Promise<string> {
    return this.#do(async (abort_signal) => {
      const query = { query: sql, query_params: { ...params }, abort_signal };
      const result = await this.#client.query({ ...query, format: 'TabSeparatedRaw' });
      return result.text();
    });
  }

  insert(sql: string, lines: Uint8Array): Promise<void> {
    return this.#do(async (abort_signal) => {
      const values = Readable.from([lines], { objectMode: false });
      const { stream } = await this.#client.exec({ query: sql, values, abort_signal });
      stream.resume();
      await finished(stream);
    });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #do<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(this.#deadlineMs);
    const signals = this.#signal ? [deadline, this.#signal] : [deadline];
    try {
      return await work(AbortSignal.any(signals));
    } catch (error) {
      throw this.#inWords(error as Error, deadline.aborted);
    }
  }

  /** The server's own errors have a type, as UNKNOWN_TABLE; the rest never came from it. */
  #inWords(error: Error & { type?: string; code?: string }, isLate: boolean): Error {
    const where = `ClickHouse ${this.#host}`;
    if (error.type !== undefined)
      return new ClickHouseRefused(`${where} refused: ${error.message} (${error.type})`);
    const reason = isLate
      ? `no answer within ${this.#deadlineMs / 1000} s`
      : error.message || String(error.code ?? error.name);
    return new ClickHouseUnreachable(`${where} cannot be reached: ${reason}`);
  }
}
