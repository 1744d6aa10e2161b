// Boots the whole module: as the HTTP service, for `main.ts`, tests and the command line's `serve`,
// or as a context without HTTP, for a command line that writes while no service runs.
import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import type { Config } from './config.ts';
import { adapterFor, equip } from './http/edge.ts';
import { pinoLogger } from './http/log.ts';
import { type Clock, systemClock } from './wiring.ts';

/** Ready to listen; `app.close()` drains it and gives the data directory back. */
export async function createService(
  config: Config,
  clock: Clock = systemClock,
): Promise<NestFastifyApplication> {
  const log = pinoLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, clock),
    adapterFor(config, log),
    { logger: log.forNest, abortOnError: false },
  );
  equip(app, config, clock);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** The same module without its HTTP edge: `context.get(CommandBus)` and so on. */
export async function createContext(
  config: Config,
  clock: Clock = systemClock,
): Promise<INestApplicationContext> {
  return await NestFactory.createApplicationContext(AppModule.with(config, clock), {
    logger: pinoLogger(config).forNest,
    abortOnError: false,
  });
}
