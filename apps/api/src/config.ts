// What the operator decides, read once from the environment and refused when it makes no sense.
// The service binds to loopback only: until callers are authenticated nobody else may reach it.
import { resolve } from 'node:path';
import { z } from 'zod';

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

const Environment = z.object({
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
});

export interface Config {
  /** Absolute. Everything that the service keeps is in it. */
  readonly dataDirectory: string;
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

export function configFrom(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new ConfigRefused(reasons.join('; '));
  }
  const given = parsed.data;
  return {
    dataDirectory: resolve(given.PROMO_LEDGER_DATA),
    host: given.PROMO_LEDGER_HOST,
    port: given.PROMO_LEDGER_PORT,
    logLevel: given.PROMO_LEDGER_LOG_LEVEL,
    isLoggingRequests: given.PROMO_LEDGER_LOG_REQUESTS,
    readWaitMs: given.PROMO_LEDGER_READ_WAIT_SECONDS,
    stateCacheBytes: given.PROMO_LEDGER_STATE_CACHE_MB * 1024 * 1024,
  };
}
