// Single commands on one node: through the command bus, and decisions on one hot code.
import { CommandBus } from '@nestjs/cqrs';
import { JoinSeller } from '#api/commands/join-seller.ts';
import { createService } from '#api/serve.ts';
import { type Figure, figuresOf, timed } from './figure.ts';
import { contextNow, createHotCode, openRunner, reserveOn } from './hot-code.ts';
import { inDirectory, quietConfig } from './workplace.ts';

const COMMANDS = 100_000;
const ONE_AT_A_TIME = 10_000;
const DECISIONS = 100_000;

export async function* commands(): AsyncIterable<Figure> {
  yield* await inDirectory(throughTheBus);
  yield* await inDirectory(onOneCode);
}

async function throughTheBus(directory: string): Promise<readonly Figure[]> {
  const app = await createService(quietConfig(directory));
  try {
    const bus = app.get(CommandBus);
    const join = (prefix: string) => (index: number) =>
      bus.execute(new JoinSeller({ sellerId: `${prefix}${index}` }, contextNow()));
    await timed(5_000, 64, join('warm'));
    const many = await timed(COMMANDS, 64, join('many'));
    const one = await timed(ONE_AT_A_TIME, 1, join('one'));
    return [
      ...figuresOf('durable commands, separate streams, 64 in flight', many, ...goal(25_000, 10)),
      ...figuresOf('the same, one at a time', one, ...goal(2_500)),
    ];
  } finally {
    await app.close();
  }
}

async function onOneCode(directory: string): Promise<readonly Figure[]> {
  const { store, runner } = openRunner(directory);
  await createHotCode(runner, 'hot');
  const reserve = (index: number) => reserveOn(runner, 'hot', index);
  await timed(2_000, 64, (index) => reserve(DECISIONS + index));
  const hot = await timed(DECISIONS, 64, reserve);
  await runner.close();
  await store.close();
  return [...figuresOf('decisions on one hot code, 64 in flight', hot, ...goal(20_000))];
}

const goal = (perSecond: number, p99?: number): [{ atLeast: number }, number?] =>
  p99 === undefined ? [{ atLeast: perSecond }] : [{ atLeast: perSecond }, p99];
