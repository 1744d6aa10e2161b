// What the operator decides, read once from the environment and refused when it makes no sense.
// The service binds to loopback only: until callers are authenticated nobody else may reach it.
// An address may hold a password: a refusal names the variable, never its value.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { EngineChoice } from '#analytics/workspace.ts';
import type { LogSource } from '#event-store/log-source.ts';
import {
  ClickHouseName,
  ClickHouseUrl,
  EventStoreDbConnection,
  StreamPrefix,
} from './addresses.ts';

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port number');

const seconds = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number of seconds')
  .transform((text) => Number(text) * 1_000);

/** Each may be given as a file instead, as secrets are: `PROMO_LEDGER_EVENTSTORE_URL_FILE`. */
export const SECRETS = ['PROMO_LEDGER_EVENTSTORE_URL', 'PROMO_LEDGER_CLICKHOUSE_URL'] as const;

export const Environment = z.object({
  PROMO_LEDGER_DATA: z.string().min(1).default('data'),
  PROMO_LEDGER_HOST: z
    .string()
    .regex(LOOPBACK, 'must be a loopback address: 127.0.0.1, ::1 or localhost')
    .default('127.0.0.1'),
  PROMO_LEDGER_PORT: port.default(3000),
  PROMO_LEDGER_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info'),
  PROMO_LEDGER_LOG_REQUESTS: z.stringbool().default(false),
  PROMO_LEDGER_READ_WAIT_SECONDS: seconds.default(5_000),
  PROMO_LEDGER_STATE_CACHE_MB: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number of megabytes')
    .transform(Number)
    .default(48),
  PROMO_LEDGER_EVENTSTORE_URL: EventStoreDbConnection.optional(),
  PROMO_LEDGER_EVENTSTORE_PREFIX: StreamPrefix.default(''),
  PROMO_LEDGER_CLICKHOUSE_URL: ClickHouseUrl.optional(),
  PROMO_LEDGER_CLICKHOUSE_DATABASE: ClickHouseName.default('promo_ledger'),
  PROMO_LEDGER_CLICKHOUSE_CLUSTER: ClickHouseName.optional(),
});
type Environment = z.infer<typeof Environment>;

/** An ambient variable that is set to nothing is one that is not set. */
type Variables = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Absolute. Everything that the service keeps for itself is in it. */
  readonly dataDirectory: string;
  /** The truth: a file of the data directory, or an EventStoreDB that nodes share. */
  readonly log: LogSource;
  /** Computes statements, beside the fold. */
  readonly engine: EngineChoice;
  readonly host: string;
  /** 0 lets the system choose; `service.json` says which. */
  readonly port: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** One line per request costs throughput: off unless asked for. */
  readonly isLoggingRequests: boolean;
  /** How long a read waits for the position that it was given. */
  readonly readWaitMs: number;
  /** Bound of the folded states that the runner keeps. */
  readonly stateCacheBytes: number;
}

/** The environment cannot be used as it is; the message says which variable and why. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

export function configFrom(environment: Variables): Config {
  const parsed = Environment.safeParse(withSecrets(environment));
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new ConfigRefused(reasons.join('; '));
  }
  const given = parsed.data;
  return {
    dataDirectory: resolve(given.PROMO_LEDGER_DATA),
    log: logOf(given),
    engine: engineOf(given),
    host: given.PROMO_LEDGER_HOST,
    port: given.PROMO_LEDGER_PORT,
    logLevel: given.PROMO_LEDGER_LOG_LEVEL,
    isLoggingRequests: given.PROMO_LEDGER_LOG_REQUESTS,
    readWaitMs: given.PROMO_LEDGER_READ_WAIT_SECONDS,
    stateCacheBytes: given.PROMO_LEDGER_STATE_CACHE_MB * 1024 * 1024,
  };
}

function logOf(given: Environment): LogSource {
  const { PROMO_LEDGER_EVENTSTORE_URL: connection, PROMO_LEDGER_EVENTSTORE_PREFIX: prefix } = given;
  if (connection !== undefined) return { kind: 'eventstoredb', connection, prefix };
  if (prefix !== '')
    throw new ConfigRefused(
      'PROMO_LEDGER_EVENTSTORE_PREFIX is set, but PROMO_LEDGER_EVENTSTORE_URL is not',
    );
  return { kind: 'sqlite', file: join(resolve(given.PROMO_LEDGER_DATA), 'ledger.db') };
}

function engineOf(given: Environment): EngineChoice {
  const url = given.PROMO_LEDGER_CLICKHOUSE_URL;
  const cluster = given.PROMO_LEDGER_CLICKHOUSE_CLUSTER;
  if (url === undefined && cluster === undefined) return { kind: 'duckdb' };
  if (url === undefined)
    throw new ConfigRefused(
      'PROMO_LEDGER_CLICKHOUSE_CLUSTER is set, but PROMO_LEDGER_CLICKHOUSE_URL is not',
    );
  return {
    kind: 'clickhouse',
    url,
    database: given.PROMO_LEDGER_CLICKHOUSE_DATABASE,
    ...(cluster !== undefined && { cluster }),
  };
}

function withSecrets(environment: Variables): Variables {
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  for (const name of SECRETS) {
    const file = filled[`${name}_FILE`];
    if (file === undefined) continue;
    if (filled[name] !== undefined)
      throw new ConfigRefused(`${name} and ${name}_FILE are both set: give one of them`);
    try {
      filled[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new ConfigRefused(`${name}_FILE cannot be read (${code ?? 'unknown'})`);
    }
  }
  return filled;
}
