// The log of a spec that starts services of its own: in the data directory, unless
// PROMO_LEDGER_EVENTSTORE_URL names a server. There it takes a prefix that nobody used before.
import { randomUUID } from 'node:crypto';
import { configFrom } from '#api/config.ts';
import type { LogSource } from '#event-store/log-source.ts';

export interface OwnLog {
  readonly source: LogSource;
  /** What tells a service of it. */
  readonly environment: Readonly<Record<string, string>>;
}

export function ownLog(dataDirectory: string): OwnLog {
  const environment: Record<string, string> = {};
  if (process.env['PROMO_LEDGER_EVENTSTORE_URL'])
    environment['PROMO_LEDGER_EVENTSTORE_PREFIX'] = ownPrefix();
  const all = { ...process.env, ...environment, PROMO_LEDGER_DATA: dataDirectory };
  return { source: configFrom(all).log, environment };
}

/** Of streams: a server may be shared, and used again. */
export const ownPrefix = () => `test_${randomUUID().slice(0, 8)}_`;
