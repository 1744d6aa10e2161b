// `npm run bench`: what the ledger reaches on this machine, beside what it should reach. Figures
// are not tests: nothing fails here, and the machine's own disk is measured in the same run.
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { type Figure, isMet } from './figure.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    orders: { type: 'string', default: '1000000' },
    payees: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`npm run bench -- [--json] [--only ${Object.keys(benches).join(',')}]
                [--seed 1] [--orders 1000000] [--payees 20000]`);
  process.exit(0);
}

const options = {
  seed: Number(values.seed),
  orders: Number(values.orders),
  payees: Number(values.payees),
};
const chosen = values.only?.split(',') ?? Object.keys(benches);
for (const name of chosen) {
  const bench = benches[name];
  if (!bench) throw new Error(`there is no bench ${name}: ${Object.keys(benches).join(', ')}`);
  for await (const figure of bench(options)) print(figure);
}

function print(figure: Figure): void {
  const { name, value, unit, target } = figure;
  const met = isMet(figure);
  const rounded = Number(value.toPrecision(4));
  if (values.json) {
    const bound = target && ('atLeast' in target ? target.atLeast : target.atMost);
    console.log(JSON.stringify({ name, value: rounded, unit, target: bound ?? null, met }));
    return;
  }
  const shown = `${rounded.toLocaleString('en')} ${unit}`.padStart(18);
  console.log(`${name.padEnd(66)}${shown}${goal(target)}${met === false ? '  NOT MET' : ''}`);
}

function goal(target: Figure['target']): string {
  if (!target) return '';
  return 'atLeast' in target
    ? `  (at least ${target.atLeast.toLocaleString('en')})`
    : `  (at most ${target.atMost.toLocaleString('en')})`;
}
