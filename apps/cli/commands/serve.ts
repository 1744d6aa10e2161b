// `promo-ledger serve`: runs the service until it is told to stop.
import type { Command } from 'commander';
import { configOf } from '../connect.ts';
import { type Common, common } from '../options.ts';

export function addServe(program: Command): void {
  common(program.command('serve'))
    .description('run the service on this data directory until SIGINT or SIGTERM')
    .action(async (where: Common) => {
      const { serveUntilSignal } = await import('#api/serve.ts');
      await serveUntilSignal(configOf(where, 'info'));
    });
}
