// Boots the whole module: ready to be asked in process, or listening as the service. Stopping
// drains: no new connections, requests in flight are answered, the follower catches up, snapshots
// are saved, the lock is given back.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { EventStore } from '#event-store/port.ts';
import { LogFileError } from '#event-store/log-file-errors.ts';
import { AppModule } from './app.module.ts';
import { BuyerKeysUnusable } from './buyer-keys.ts';
import { ClickHouseCopy } from './clickhouse-copy/clickhouse-copy.ts';
import { type Config, ConfigRefused } from './config.ts';
import { DataDirectoryRefused } from './data-directory.ts';
import { FollowerAlarm } from './follower/follower.ts';
import { equip, fastifyAdapter } from './http/edge.ts';
import { nestLogger, openLog } from './http/log.ts';
import { openLedgerParts } from './ledger-parts.ts';
import { announceService, withdrawService } from './service-file.ts';
import { type Clock, EVENT_STORE, systemClock } from './wiring.ts';

/**
 * Everything but listening; `app.inject` asks it as HTTP would. `app.close()` drains it and gives
 * the data directory back. Rejects with ConfigRefused, BuyerKeysUnusable or the log's errors.
 */
export async function createService(
  config: Config,
  clock: Clock = systemClock,
  log: Logger = openLog(config),
): Promise<NestFastifyApplication> {
  const parts = await openLedgerParts(config);
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with({ config, clock, log, parts }),
      fastifyAdapter(),
      { logger: nestLogger(log), abortOnError: false, bodyParser: false },
    );
    equip(app, log);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

export interface RunningService {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens, and says in `service.json` where. */
export async function serve(config: Config): Promise<RunningService> {
  const log = openLog(config);
  const app = await createService(config, systemClock, log);
  await app.listen(config.port, config.host).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const url = urlOf(app, config.host);
  const { logId } = app.get<EventStore>(EVENT_STORE);
  announceService(config.dataDirectory, { url, logId });
  app.get(ClickHouseCopy).start();
  log.info({ url, data: config.dataDirectory }, 'listening');
  return {
    url,
    async stop() {
      withdrawService(config.dataDirectory);
      await app.close();
      log.info('stopped');
    },
  };
}

/** Serves until SIGTERM or SIGINT, then drains; a second signal ends the process at once. */
export async function serveUntilSignal(config: Config): Promise<void> {
  const service = await serve(config);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await service.stop();
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address: unknown = app.getHttpServer().address();
  const port =
    typeof address === 'object' && address !== null && 'port' in address ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** What keeps the service from starting and is told in one line; anything else is a bug. */
export function isStartRefusal(error: unknown): error is Error {
  return (
    error instanceof ConfigRefused ||
    error instanceof DataDirectoryRefused ||
    error instanceof LogFileError ||
    error instanceof BuyerKeysUnusable ||
    error instanceof FollowerAlarm ||
    (error instanceof Error && 'code' in error && SYSTEM_REFUSALS.has(String(error.code)))
  );
}

/** Of the system: a port in use, a directory that may not be written, a full disk. */
const SYSTEM_REFUSALS = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EROFS', 'ENOSPC']);
