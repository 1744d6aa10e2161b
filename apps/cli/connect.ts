// Finds the ledger of a data directory: the service that runs on it, or nobody. `service.json` is
// believed only when what answers at its address says that it has this very log.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type Config, configFrom, ConfigRefused } from '#api/config.ts';
import { announcedService } from '#api/service-file.ts';
import { openLogReader } from '#event-store/log-source.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { CliFailure, EXIT } from './failure.ts';
import { httpLedger } from './http-ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Where } from './options.ts';

const LIVENESS_MS = 2_000;
const Alive = z.looseObject({ logId: z.string() });

/** The configuration of the environment, with what was asked for instead. */
export function configOf(where: Where, logLevel: Config['logLevel'] = 'warn'): Config {
  const { data, eventstore, prefix } = where;
  try {
    return configFrom({
      PROMO_LEDGER_LOG_LEVEL: logLevel,
      ...process.env,
      ...(data !== undefined && { PROMO_LEDGER_DATA: data }),
      ...(eventstore !== undefined && {
        PROMO_LEDGER_EVENTSTORE_URL: eventstore,
        PROMO_LEDGER_EVENTSTORE_URL_FILE: undefined,
      }),
      ...(prefix !== undefined && { PROMO_LEDGER_EVENTSTORE_PREFIX: prefix }),
    });
  } catch (error) {
    if (error instanceof ConfigRefused) throw new CliFailure(EXIT.usage, error.message);
    throw error;
  }
}

/** Opens the log for reading only, beside whoever writes it. */
export function openLog({ dataDirectory, log }: Config): Promise<EventLogReader> {
  if (log.kind === 'sqlite' && !existsSync(log.file)) {
    throw new CliFailure(
      EXIT.files,
      `${dataDirectory} holds no ledger (no ledger.db): give --data or PROMO_LEDGER_DATA, ` +
        'or begin one with `promo-ledger serve`',
    );
  }
  return openLogReader(log);
}

/** The address of the service that runs on this data directory, if one does. */
export async function runningService(config: Config): Promise<string | undefined> {
  const announced = announcedService(config.dataDirectory);
  if (announced === undefined || isWithoutLog(config)) return undefined;
  const { url } = announced;
  const answer = await fetch(new URL('/health/live', url), {
    signal: AbortSignal.timeout(LIVENESS_MS),
  })
    .then((response) => response.json())
    .catch(() => undefined);
  const alive = Alive.safeParse(answer);
  if (!alive.success) return undefined;
  const log = await openLog(config);
  try {
    return alive.data.logId === log.logId ? url.replace(/\/$/, '') : undefined;
  } finally {
    await log.close();
  }
}

const isWithoutLog = ({ log }: Config) => log.kind === 'sqlite' && !existsSync(log.file);

/** For commands that write: through the service if it runs, else in this process. */
export async function openLedger(config: Config): Promise<Ledger> {
  const url = await runningService(config);
  if (url !== undefined) return httpLedger(url);
  const { inProcessLedger } = await import('./in-process-ledger.ts');
  return inProcessLedger(config);
}
