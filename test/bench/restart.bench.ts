// The first decision after a restart on a code with very many redemptions. The process that stored
// them is killed, not stopped: whatever it had not kept in its cache file is folded again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type Figure, seconds, timed } from './figure.ts';
import { createHotCode, openRunner, reserveOn } from './hot-code.ts';
import type { BenchOptions } from './options.ts';
import { inWorkplace, type Workplace } from './workplace.ts';

const CODE = 'big';

export async function* restart(options: BenchOptions): AsyncIterable<Figure> {
  const { orders } = options;
  yield* await inWorkplace(options, async (workplace) => {
    const self = fileURLToPath(import.meta.url);
    const given = [self, 'build', JSON.stringify(workplace), String(orders)];
    const builder = spawn(process.execPath, [...process.execArgv, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(builder.stdout, 'data');
    builder.kill('SIGKILL');
    await once(builder, 'exit');
    const { firstMs, blockedMs } = await firstDecision(workplace, orders);
    const name = `first decision after a kill, code with ${orders.toLocaleString('en')} uses`;
    return [
      { name, value: firstMs, unit: 'ms', target: { atMost: 500 } },
      {
        name: 'longest time that the loop was blocked by it',
        value: blockedMs,
        unit: 'ms',
        target: { atMost: 50 },
      },
    ];
  });
}

async function firstDecision(workplace: Workplace, orders: number) {
  const { store, runner } = await openRunner(workplace);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const firstMs = 1_000 * (await seconds(() => reserveOn(runner, CODE, orders + 1)));
  delay.disable();
  await runner.close();
  await store.close();
  return { firstMs, blockedMs: delay.max / 1e6 };
}

/** Runs in a process of its own until it is killed. */
async function build(workplace: Workplace, orders: number): Promise<void> {
  const { runner } = await openRunner(workplace);
  await createHotCode(runner, CODE);
  await timed(orders, 512, (index) => reserveOn(runner, CODE, index));
  process.stdout.write('built\n');
  setInterval(() => undefined, 1_000);
}

const [, , stage, workplace, orders] = process.argv;
if (stage === 'build') await build(JSON.parse(workplace!) as Workplace, Number(orders));
