// `npm run bench`: what the ledger reaches on this machine, beside what it should reach. Figures
// are not tests: nothing fails here, and the machine's own disk is measured in the same run.
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { type Bench, type Figure, isMet } from './figure.ts';
import { type BenchOptions, chosenOf, ENGINES, STORES } from './options.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    store: { type: 'string', default: 'sqlite' },
    engine: { type: 'string', default: 'duckdb' },
    seed: { type: 'string', default: '1' },
    orders: { type: 'string', default: '1000000' },
    payees: { type: 'string', default: '20000' },
    entries: { type: 'string', default: '1000000' },
    scale: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`npm run bench -- [--json] [--only ${Object.keys(benches).join(',')}]
  --store sqlite,eventstoredb    one or both; EVENTSTORE_URL names the server, best an empty one
  --engine duckdb,clickhouse     one or both; CLICKHOUSE_URL names the server, else in process
  --orders 1000000               in the market, for --payees 20000, from --seed 1
  --entries 1000000,10000000     in the generated log that statements are computed from
  --scale 1                      of the short benches: 0.1 is a tenth of their operations`);
  process.exit(0);
}

const sizes = {
  seed: Number(values.seed),
  orders: Number(values.orders),
  payees: Number(values.payees),
  entries: values.entries.split(',').map(Number),
  scale: Number(values.scale),
};
const stores = chosenOf(values.store, STORES);
const engines = chosenOf(values.engine, ENGINES);
const names = Object.keys(benches);
for (const name of values.only ? chosenOf(values.only, names) : names) {
  const bench = benches[name]!;
  for (const options of choicesOf(bench)) {
    const on = bench.by.map((choice) => options[choice]).join(', ');
    if (!values.json) console.log(`\n${name}${on && ` on ${on}`}`);
    for await (const figure of bench.run(options)) print(figure, bench, options);
  }
}

/** One run for each choice that makes a difference to the bench. */
function choicesOf({ by }: Bench): BenchOptions[] {
  const ofStores = by.includes('store') ? stores : stores.slice(0, 1);
  const ofEngines = by.includes('engine') ? engines : engines.slice(0, 1);
  return ofStores.flatMap((store) => ofEngines.map((engine) => ({ ...sizes, store, engine })));
}

function print(figure: Figure, { by }: Bench, options: BenchOptions): void {
  const { name, value, unit, target } = figure;
  const met = isMet(figure);
  const rounded = Number(value.toPrecision(4));
  if (values.json) {
    const on = Object.fromEntries(by.map((choice) => [choice, options[choice]]));
    const bound = target && ('atLeast' in target ? target.atLeast : target.atMost);
    console.log(JSON.stringify({ name, ...on, value: rounded, unit, target: bound ?? null, met }));
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
