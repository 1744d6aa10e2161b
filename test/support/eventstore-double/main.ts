// The double as a process of its own, for tests that kill or stop it: `main.ts --port N --file F`.
// It prints its address on a line when it listens, and takes what faults to switch on as messages
// of its parent process.
import { parseArgs } from 'node:util';
import { startEventStoreDouble } from './double.ts';
import type { Faults } from './faults.ts';

export interface FaultCall {
  readonly id: number;
  readonly name: keyof Faults;
  readonly args: readonly unknown[];
}

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, file: { type: 'string' } },
});
const double = await startEventStoreDouble({ port: Number(values.port), file: values.file });

process.on('message', async ({ id, name, args }: FaultCall) => {
  const fault = double.faults[name] as (...args: readonly unknown[]) => unknown;
  await fault.apply(double.faults, [...args]);
  process.send?.({ id });
});
process.once('SIGTERM', () => void double.stop().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(0));
process.stdout.write(`${double.connection}\n`);
