// The benches by name, in the order in which they run.
import { append } from './append.bench.ts';
import { commands } from './commands.bench.ts';
import type { Bench } from './figure.ts';
import { follow } from './follow.bench.ts';
import { market } from './market.bench.ts';
import { restart } from './restart.bench.ts';
import { statements } from './statements.bench.ts';
import { storage } from './storage.bench.ts';

export const benches: Readonly<Record<string, Bench>> = {
  storage: { run: storage, by: [] },
  append: { run: append, by: ['store'] },
  commands: { run: commands, by: ['store'] },
  follow: { run: follow, by: ['store'] },
  restart: { run: restart, by: ['store'] },
  statements: { run: statements, by: ['engine'] },
  market: { run: market, by: ['store', 'engine'] },
};
