// The large market: storewide codes without limits, every payee with a text of its own, orders of
// one line that are confirmed as they come, one refund to every twentieth order. From a seed alone.
import { demand, type Ledger } from '#cli/ledger.ts';
import * as requests from '#cli/requests.ts';
import { drawn } from './drawn.ts';
import type { BenchOptions } from './options.ts';

const SELLERS = 200;
const LINES_PER_CHUNK = 500;
const DAY_MS = 86_400_000;

export interface OpenMarket {
  readonly seed: number;
  /** Two months that have ended long enough ago to be closed. */
  readonly periods: readonly [string, string];
  readonly ways: readonly { readonly sellerId: string; readonly text: string }[];
}

export async function openMarket(
  ledger: Ledger,
  { payees, seed }: BenchOptions,
): Promise<OpenMarket> {
  const periods = [monthsAgo(3), monthsAgo(2)] as const;
  const [firstPeriod] = periods;
  const when = { occurredAt: `${firstPeriod}-01T00:00:00.000Z` };
  const rules = { graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };
  await demand(ledger, requests.setRules({ firstPeriod, ...rules }, when));
  const codes = Array.from({ length: SELLERS }, (_, i) => codeOf(i, when.occurredAt));
  await requests.inParallel(codes, async (code) => {
    await demand(ledger, requests.join(code.sellerId, when));
    await demand(ledger, requests.enrol(code.sellerId, when));
    await demand(ledger, requests.createCode(code, when));
    await demand(ledger, requests.enable(code, { kind: 'rate', rateBps: 750 }, when));
  });
  const ways: { sellerId: string; text: string }[] = [];
  await requests.inParallel(
    Array.from({ length: payees }, (_, i) => i),
    async (i) => {
      const { codeId, sellerId } = codes[i % SELLERS]!;
      const way = { taskId: requests.taskOf(codeId), influencerId: `payee${i}` };
      await demand(ledger, requests.register(way.influencerId, 'individual', when));
      await demand(ledger, requests.apply(way.taskId, way.influencerId, when));
      const asked = { requestId: 'bench', count: 1, ...when };
      const [text] = await requests.requestCodes(ledger, way, asked);
      ways[i] = { sellerId, text: text! };
    },
  );
  return { seed, periods, ways };
}

/** `2026-08` when asked in 2026-11 for three months ago. */
function monthsAgo(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))
    .toISOString()
    .slice(0, 7);
}

function codeOf(index: number, from: string) {
  return {
    codeId: `code${index}`,
    sellerId: `seller${index}`,
    rules: {
      name: `Code ${index}`,
      discount: { kind: 'percentage', percentBps: 1_000 } as const,
      minimumSpendMinor: '1000',
      codeType: 'storewide' as const,
      productIds: [],
      currency: 'USD',
      redeemableFrom: from,
      redeemableUntil: '2999-12-31T00:00:00.000Z',
      totalLimit: null,
      perBuyerLimit: null,
    },
  };
}

export function orderOf({ seed, ways, periods }: OpenMarket, index: number, prefix: string) {
  const draw = drawn(seed, index);
  const way = ways[index % ways.length]!;
  const period = prefix === 'second' ? periods[1] : periods[0];
  const paidAt = new Date(Date.parse(`${period}-02T00:00:00.000Z`) + (draw % (18 * DAY_MS)));
  const paid = 1_000 + (draw % 50_000);
  return {
    ...{ sellerId: way.sellerId, orderId: `${prefix}${index}`, code: way.text, currency: 'USD' },
    ...{ paidAt: paidAt.toISOString(), confirmedAt: paidAt.toISOString() },
    buyerId: `buyer${draw % 100_000}`,
    lines: [
      {
        ...{ lineId: '1', productId: `p${draw % 997}`, quantity: 1 },
        ...{ listMinor: String(paid + 500), paidMinor: String(paid) },
      },
    ],
  };
}

export async function* bulkLines(
  market: OpenMarket,
  orders: number,
  prefix: 'first' | 'second' = 'first',
): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < orders; from += LINES_PER_CHUNK) {
    let lines = '';
    for (let index = from; index < Math.min(from + LINES_PER_CHUNK, orders); index += 1) {
      const order = orderOf(market, index, prefix);
      lines += `${JSON.stringify({ type: 'order', ...order })}\n`;
      if (index % 20 === 0) lines += `${JSON.stringify(refundOf(order))}\n`;
    }
    yield Buffer.from(lines);
  }
}

const refundOf = ({ sellerId, orderId, currency, paidAt }: ReturnType<typeof orderOf>) => ({
  ...{ type: 'refund', sellerId, orderId, refundId: `r-${orderId}`, currency },
  occurredAt: paidAt,
  refund: { kind: 'amount', amountMinor: '500' },
});
