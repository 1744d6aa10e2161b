// The benches by name, in the order in which they run.
import { commands } from './commands.bench.ts';
import type { Bench } from './figure.ts';
import { market } from './market.bench.ts';
import { restart } from './restart.bench.ts';
import { storage } from './storage.bench.ts';

export const benches: Readonly<Record<string, Bench>> = { storage, commands, restart, market };
