// Finds the ledger of a data directory: the service that runs on it, or nobody. `service.json` is
// believed only when what answers at its address says that it has this very log.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Config, configFrom, ConfigRefused } from '#api/config.ts';
import { announcedService } from '#api/service-file.ts';
import { type SqliteReader, openSqliteReader } from '#event-store/sqlite-reader.ts';
import { CliFailure, EXIT } from './failure.ts';
import { httpLedger } from './http-ledger.ts';
import type { Ledger } from './ledger.ts';

const LIVENESS_MS = 2_000;
const Alive = z.looseObject({ logId: z.string() });

/** The configuration of the environment, with the data directory that was asked for. */
export function configOf(
  dataDirectory: string | undefined,
  logLevel: Config['logLevel'] = 'warn',
): Config {
  try {
    return configFrom({
      PROMO_LEDGER_LOG_LEVEL: logLevel,
      ...process.env,
      ...(dataDirectory !== undefined && { PROMO_LEDGER_DATA: dataDirectory }),
    });
  } catch (error) {
    if (error instanceof ConfigRefused) throw new CliFailure(EXIT.usage, error.message);
    throw error;
  }
}

/** Opens the log for reading only, beside whoever writes it. */
export function openLog(dataDirectory: string): SqliteReader {
  const file = join(dataDirectory, 'ledger.db');
  if (!existsSync(file)) {
    throw new CliFailure(
      EXIT.files,
      `${dataDirectory} holds no ledger (no ledger.db): give --data or PROMO_LEDGER_DATA, ` +
        'or begin one with `promo-ledger serve`',
    );
  }
  return openSqliteReader(file);
}

/** The address of the service that runs on this data directory, if one does. */
export async function runningService(dataDirectory: string): Promise<string | undefined> {
  const announced = announcedService(dataDirectory);
  if (announced === undefined || !existsSync(join(dataDirectory, 'ledger.db'))) return undefined;
  const { url } = announced;
  const answer = await fetch(new URL('/health/live', url), {
    signal: AbortSignal.timeout(LIVENESS_MS),
  })
    .then((response) => response.json())
    .catch(() => undefined);
  const alive = Alive.safeParse(answer);
  if (!alive.success) return undefined;
  const log = openLog(dataDirectory);
  try {
    return alive.data.logId === log.logId ? url.replace(/\/$/, '') : undefined;
  } finally {
    await log.close();
  }
}

/** For commands that write: through the service if it runs, else in this process. */
export async function openLedger(config: Config): Promise<Ledger> {
  const url = await runningService(config.dataDirectory);
  if (url !== undefined) return httpLedger(url);
  const { inProcessLedger } = await import('./in-process-ledger.ts');
  return inProcessLedger(config);
}
