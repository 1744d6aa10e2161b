// A large market through a real service over HTTP on loopback, then everything that is computed
// from its log: replay, rebuild, lake, statements. The service's memory is watched all the while.
import { request as open, Agent } from 'node:http';
import { join } from 'node:path';
import { syncLake } from '#analytics/lake/lake.ts';
import { embeddedWorkspace } from '#analytics/workspace.ts';
import { httpLedger } from '#cli/http-ledger.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import { type Place, START } from '#event-store/port.ts';
import { type BenchOptions, type Figure, figuresOf, seconds, timed } from './figure.ts';
import { bulkLines, openMarket, type OpenMarket, orderOf } from './large-market.ts';
import { statementFigures } from './statements.bench.ts';
import { inDirectory, peakMemory, type ServiceProcess, spawnService } from './workplace.ts';

const SINGLE_ORDERS = 20_000;

export async function* market(options: BenchOptions): AsyncIterable<Figure> {
  yield* await inDirectory(async (directory) => {
    const figures: Figure[] = [];
    const service = await spawnService(directory);
    let opened: OpenMarket;
    try {
      opened = await openMarket(httpLedger(service.url), options);
      figures.push(...(await singleOrders(service, opened)));
      figures.push(await bulkOrders(service, opened, options.orders));
      figures.push(memory(service));
      figures.push(await rebuild(service));
    } finally {
      await service.stop();
    }
    figures.push(await replay(directory), await lake(directory));
    for await (const figure of statementFigures(directory, opened, options)) figures.push(figure);
    return figures;
  });
}

async function singleOrders({ url }: ServiceProcess, opened: OpenMarket) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const post = (index: number) =>
    new Promise<void>((resolve, reject) => {
      const body = JSON.stringify(orderOf(opened, index, 'single'));
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const sent = open(`${url}/orders`, { method: 'POST', agent, headers }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`HTTP ${answer.statusCode}`));
        answer.resume().once('end', resolve);
      });
      sent.once('error', reject).end(body);
    });
  await timed(2_000, 64, (index) => post(SINGLE_ORDERS + index));
  const run = await timed(SINGLE_ORDERS, 64, post);
  agent.destroy();
  return figuresOf('HTTP single orders, 64 in flight', run, { atLeast: 4_000 });
}

async function bulkOrders({ url }: ServiceProcess, opened: OpenMarket, orders: number) {
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
  return { name: 'bulk endpoint, one-line orders', value, unit: '/s', target: { atLeast: 15_000 } };
}

const memory = ({ pid }: ServiceProcess): Figure => ({
  name: 'memory of the service throughout, peak',
  value: peakMemory(pid),
  unit: 'MB',
  target: { atMost: 600 },
});

async function rebuild({ url }: ServiceProcess): Promise<Figure> {
  let events = 0;
  const spent = await seconds(() => httpLedger(url).rebuild([], ({ total }) => (events = total)));
  const target = { atLeast: 80_000 };
  return { name: 'rebuild of all projections', value: events / spent, unit: 'events/s', target };
}

async function replay(directory: string): Promise<Figure> {
  const log = openSqliteReader(join(directory, 'ledger.db'));
  let events = 0;
  const spent = await seconds(async () => {
    for (let after: Place = START; ;) {
      const page = await log.readAll({ after, limit: 5_000 });
      const last = page.at(-1);
      if (!last) return;
      events += page.length;
      after = last;
    }
  });
  await log.close();
  const target = { atLeast: 250_000 };
  return { name: 'replay to nothing', value: events / spent, unit: 'events/s', target };
}

async function lake(directory: string): Promise<Figure> {
  let events = 0;
  const spent = await seconds(async () => {
    ({ events } = await syncLake(embeddedWorkspace(directory)));
  });
  const target = { atLeast: 150_000 };
  return { name: 'lake written', value: events / spent, unit: 'events/s', target };
}
