// Where the parts are put together: the ledger's stores and threads, the buses, every slice.
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { HealthController } from './http/health.ts';
import { ledgerProviders } from './ledger-parts.ts';
import { controllers, handlers, processes } from './slices.ts';
import { CLOCK, type Clock, CONFIG, LOG } from './wiring.ts';

@Module({})
export class AppModule {
  static with(config: Config, clock: Clock, log: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController, ...controllers],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
        { provide: LOG, useValue: log },
        ...ledgerProviders,
        ...processes,
        ...handlers,
      ],
    };
  }
}
