// Reading one's own write while the service takes what it can: after an order was answered it is
// read with the position that the answer gave, so that the read waits for the read models. What it
// takes is how far the follower and its projections are behind, and the read itself.
import { type Figure, timed } from './figure.ts';
import { Posting } from './http-load.ts';
import { type OpenMarket, orderOf } from './large-market.ts';
import type { BenchOptions } from './options.ts';
import type { ServiceProcess } from './workplace.ts';

const READS = 1_000;
const LOADING = 32;
const LAG_P99_MS = 200;
const POSITION = 'promo-ledger-position';

export async function ownReads(
  { url }: ServiceProcess,
  market: OpenMarket,
  { scale }: BenchOptions,
): Promise<Figure[]> {
  let isLoading = true;
  let loaded = 0;
  const load = async () => {
    const connection = new Posting(url, '/orders');
    while (isLoading) await connection.post(orderOf(market, loaded++, 'load'));
    connection.close();
  };
  const loading = Promise.all(Array.from({ length: LOADING }, load));
  const waits: number[] = [];
  const count = Math.ceil(READS * scale);
  const run = await timed(count, 4, async (index) => {
    waits.push(await readAfterWrite(url, orderOf(market, index, 'own')));
  });
  isLoading = false;
  await loading;
  waits.sort((a, b) => a - b);
  const wait = (share: number) => waits[Math.floor(waits.length * share)]!;
  const taken = (loaded * run.perSecond) / count + run.perSecond;
  return [
    { name: 'orders taken while own writes are read', value: taken, unit: '/s' },
    { name: "read of one's own write, p50", value: wait(0.5), unit: 'ms' },
    {
      ...{ name: "read of one's own write, p99", value: wait(0.99), unit: 'ms' },
      target: { atMost: LAG_P99_MS },
    },
  ];
}

/** Milliseconds from the answer to the write until the answer to the read. */
async function readAfterWrite(url: string, order: ReturnType<typeof orderOf>): Promise<number> {
  const body = JSON.stringify(order);
  const headers = { 'content-type': 'application/json' };
  const written = await fetch(`${url}/orders`, { method: 'POST', headers, body });
  await written.text();
  const position = written.headers.get(POSITION) ?? '';
  const answeredAt = performance.now();
  const path = `${url}/orders/${order.sellerId}/${order.orderId}`;
  const read = await fetch(path, { headers: { [POSITION]: position } });
  await read.text();
  if (!written.ok || !read.ok) throw new Error(`HTTP ${written.status}, then ${read.status}`);
  return performance.now() - answeredAt;
}
