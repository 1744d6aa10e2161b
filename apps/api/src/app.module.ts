// Where the parts are put together: the ledger's stores and threads, the buses, every slice.
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { ClickHouseCopy } from './clickhouse-copy/clickhouse-copy.ts';
import type { Config } from './config.ts';
import { HealthController } from './http/health.ts';
import { type LedgerParts, providersOf } from './ledger-parts.ts';
import { controllers, handlers, processes } from './slices.ts';
import { CLOCK, type Clock, CONFIG, LOG } from './wiring.ts';

export interface Wiring {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly parts: LedgerParts;
}

@Module({})
export class AppModule {
  static with({ config, clock, log, parts }: Wiring): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController, ...controllers],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
        { provide: LOG, useValue: log },
        ...providersOf(parts),
        ClickHouseCopy,
        ...processes,
        ...handlers,
      ],
    };
  }
}
