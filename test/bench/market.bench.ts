// A large market through a real service over HTTP on loopback, then everything that is computed
// from its log: replay, rebuild, lake, statements. The service's memory is watched all the while.
import { syncLake } from '#analytics/lake/lake.ts';
import { workspaceIn } from '#analytics/workspace.ts';
import { httpLedger } from '#cli/http-ledger.ts';
import { openLogReader } from '#event-store/log-source.ts';
import { type Place, START } from '#event-store/port.ts';
import { type Figure, figuresOf, seconds, timed } from './figure.ts';
import { Posting } from './http-load.ts';
import { bulkLines, openMarket, type OpenMarket, orderOf } from './large-market.ts';
import { statementFigures } from './market-statements.ts';
import type { BenchOptions } from './options.ts';
import { ownReads } from './own-reads.ts';
import {
  inWorkplace,
  onEngine,
  peakMemory,
  type ServiceProcess,
  spawnService,
  type Workplace,
} from './workplace.ts';

const SINGLE_ORDERS = 20_000;
const BULK_AT_LEAST = { sqlite: 15_000, eventstoredb: 2_500 } as const;

export async function* market(options: BenchOptions): AsyncIterable<Figure> {
  yield* await inWorkplace(options, (workplace) =>
    onEngine(options, workplace, (onIt) => figuresOn(onIt, options)),
  );
}

async function figuresOn(workplace: Workplace, options: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  const service = await spawnService(workplace);
  let opened: OpenMarket;
  try {
    opened = await openMarket(httpLedger(service.url), options);
    figures.push(...(await singleOrders(service, opened, options)));
    figures.push(...(await ownReads(service, opened, options)));
    figures.push(await bulkOrders(service, opened, options));
    figures.push(memory(service));
    figures.push(await rebuild(service, workplace));
  } finally {
    await service.stop();
  }
  figures.push(await replay(workplace), await lake(workplace));
  for await (const figure of statementFigures(workplace, opened, options)) figures.push(figure);
  return figures;
}

/** Targets of the embedded log alone. */
const embedded = ({ log }: Workplace, atLeast: number): Pick<Figure, 'target'> =>
  log.kind === 'sqlite' ? { target: { atLeast } } : {};

async function singleOrders(
  { url }: ServiceProcess,
  opened: OpenMarket,
  { store, scale }: BenchOptions,
) {
  const count = Math.ceil(SINGLE_ORDERS * scale);
  const idle = Array.from({ length: 64 }, () => new Posting(url, '/orders'));
  const post = async (index: number) => {
    const connection = idle.pop()!;
    await connection.post(orderOf(opened, index, 'single'));
    idle.push(connection);
  };
  await timed(Math.ceil(count / 10), 64, (index) => post(count + index));
  const run = await timed(count, 64, post);
  for (const connection of idle) connection.close();
  const target = store === 'sqlite' ? { atLeast: 4_000 } : undefined;
  return figuresOf('HTTP single orders, 64 in flight', run, target);
}

async function bulkOrders(
  { url }: ServiceProcess,
  opened: OpenMarket,
  { orders, store }: BenchOptions,
) {
  let taken = 0;
  const spent = await seconds(async () => {
    for await (const answers of httpLedger(url).bulk(bulkLines(opened, orders))) {
      for (const { outcome, code } of answers) {
        if (outcome !== 'attributed' && outcome !== 'refunded') throw new Error(code ?? outcome);
        taken += 1;
      }
    }
  });
  const value = taken / spent;
  const target = { atLeast: BULK_AT_LEAST[store] };
  return { name: 'bulk endpoint, one-line orders', value, unit: '/s', target };
}

const memory = ({ pid }: ServiceProcess): Figure => ({
  name: 'memory of the service throughout, peak',
  value: peakMemory(pid),
  unit: 'MB',
  target: { atMost: 600 },
});

async function rebuild({ url }: ServiceProcess, workplace: Workplace): Promise<Figure> {
  let events = 0;
  const spent = await seconds(() => httpLedger(url).rebuild([], ({ total }) => (events = total)));
  const target = embedded(workplace, 80_000);
  return { name: 'rebuild of all projections', value: events / spent, unit: 'events/s', ...target };
}

async function replay(workplace: Workplace): Promise<Figure> {
  const log = await openLogReader(workplace.log);
  let events = 0;
  const spent = await seconds(async () => {
    for (let after: Place = START; ;) {
      const page = await log.readAllFacts({ after, limit: 5_000 });
      const last = page.at(-1);
      if (!last) return;
      events += page.length;
      after = last;
    }
  });
  await log.close();
  const target = embedded(workplace, 250_000);
  return { name: 'replay to nothing', value: events / spent, unit: 'events/s', ...target };
}

async function lake(workplace: Workplace): Promise<Figure> {
  const { directory, log } = workplace;
  let events = 0;
  const spent = await seconds(async () => {
    ({ events } = await syncLake(workspaceIn(directory, log)));
  });
  const target = embedded(workplace, 150_000);
  return { name: 'lake written', value: events / spent, unit: 'events/s', ...target };
}
