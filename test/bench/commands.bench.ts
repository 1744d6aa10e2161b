// Single commands on one node: through the command bus, and decisions on one hot code.
import { CommandBus } from '@nestjs/cqrs';
import { JoinSeller } from '#api/commands/join-seller.ts';
import { createService } from '#api/serve.ts';
import { type Figure, figuresOf, timed } from './figure.ts';
import { contextNow, createHotCode, openRunner, reserveOn } from './hot-code.ts';
import type { BenchOptions, StoreName } from './options.ts';
import { inWorkplace, quietConfig, type Workplace } from './workplace.ts';

/** Goals are the embedded log's; on a server `append` says what they are held against. */
const RUNS = {
  sqlite: { commands: 100_000, single: 10_000, decisions: 100_000 },
  eventstoredb: { commands: 30_000, single: 2_000, decisions: 50_000 },
} as const;

export async function* commands(options: BenchOptions): AsyncIterable<Figure> {
  const { store, scale } = options;
  const run = { store, counts: scaled(RUNS[store], scale) };
  yield* await inWorkplace(options, (workplace) => throughTheBus(workplace, run));
  yield* await inWorkplace(options, (workplace) => onOneCode(workplace, run));
}

interface CommandRun {
  readonly store: StoreName;
  readonly counts: { readonly commands: number; readonly single: number; decisions: number };
}

const scaled = (counts: (typeof RUNS)[StoreName], scale: number): CommandRun['counts'] => ({
  commands: Math.ceil(counts.commands * scale),
  single: Math.ceil(counts.single * scale),
  decisions: Math.ceil(counts.decisions * scale),
});

async function throughTheBus(workplace: Workplace, { store, counts }: CommandRun) {
  const app = await createService(quietConfig(workplace));
  try {
    const bus = app.get(CommandBus);
    const join = (prefix: string) => (index: number) =>
      bus.execute(new JoinSeller({ sellerId: `${prefix}${index}` }, contextNow()));
    await timed(Math.ceil(counts.commands / 20), 64, join('warm'));
    const many = await timed(counts.commands, 64, join('many'));
    const one = await timed(counts.single, 1, join('one'));
    const name = 'durable commands, separate streams, 64 in flight';
    return [
      ...figuresOf(name, many, ...goal(store, 25_000, store === 'sqlite' ? 10 : undefined)),
      ...figuresOf('the same, one at a time', one, ...goal(store, 2_500)),
    ];
  } finally {
    await app.close();
  }
}

async function onOneCode(workplace: Workplace, { store: name, counts }: CommandRun) {
  const { store, runner } = await openRunner(workplace);
  await createHotCode(runner, 'hot');
  const reserve = (index: number) => reserveOn(runner, 'hot', index);
  await timed(Math.ceil(counts.decisions / 50), 64, (index) => reserve(counts.decisions + index));
  const hot = await timed(counts.decisions, 64, reserve);
  await runner.close();
  await store.close();
  return [...figuresOf('decisions on one hot code, 64 in flight', hot, ...goal(name, 20_000))];
}

function goal(store: StoreName, perSecond: number, p99?: number) {
  return [store === 'sqlite' ? { atLeast: perSecond } : undefined, p99] as const;
}
