// Random markets: whatever happens to orders, every engine and the fold give the same bytes, each
// posting is on at most one statement, and statements plus what is open are the journal.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { HandmadeLog, type HandmadeOrder } from '../testing/handmade-log.ts';
import type { PinnedPlan } from '#ledger/reward.ts';
import { withLog } from '../log.ts';
import { startClickHouse, type TestClickHouse } from '../../test/support/clickhouse/server.ts';
import type { EngineChoice } from '../workspace.ts';
import { openDocuments } from './documents.ts';
import { parseDocument, type StatementLine } from './document.ts';
import type { ComputedRun } from './run.ts';
import { verifyRun } from './verify.ts';

const MONTHS = ['2026-01', '2026-02', '2026-03'] as const;
const CLOSED_AT = ['2026-02-04', '2026-03-04', '2026-04-04'] as const;

/** From before the first period to after the last. */
const time = fc
  .integer({ min: Date.UTC(2025, 10, 1), max: Date.UTC(2026, 4, 1) })
  .map((at) => new Date(at).toISOString());

const plan: fc.Arbitrary<PinnedPlan> = fc.oneof(
  fc
    .integer({ min: 1, max: 10_000 })
    .map((rateBps) => ({ kind: 'rate', rateBps, rounding: 1, version: 1 }) as const),
  fc
    .bigInt({ min: 1n, max: 10n ** 15n })
    .map((fee) => ({ kind: 'fixed_fee', feeMinor: `${fee}`, rounding: 1, version: 1 }) as const),
);

const order = fc.record({
  payeeId: fc.constantFrom('p1', 'p2', 'P.3', '4_'),
  currency: fc.constantFrom('USD', 'JPY'),
  plan,
  lines: fc.array(
    fc.oneof(fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 10n ** 15n })),
    { minLength: 1, maxLength: 4 },
  ),
  lineIds: fc.constantFrom(
    undefined,
    ['"', '\\', 'a\u0000b\n', '\u{1f600}\u2028'],
    ['],"net":{', 'a]b', '}', '"movement":'],
    ['=1+1', '\\u000B', '\u001f\t', 'é'],
  ),
  occurredAt: time,
  clearsAt: time,
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('order' as const), order }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('refund', 'cancel', 'invalidate', 'hold'),
      which: fc.nat(),
      share: fc.bigInt({ min: 1n, max: 3n }),
      occurredAt: time,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Market {
  readonly log = new HandmadeLog();
  readonly lines: StatementLine[] = [];
  readonly runs: ComputedRun[] = [];
  readonly #orders: HandmadeOrder[] = [];
  #closed = 0;

  async take(next: Step, index: number): Promise<void> {
    if (next.kind === 'close') return this.close();
    if (next.kind === 'order') {
      const orderId = `o${index}`;
      this.#orders.push(await this.log.confirm({ orderId, ...next.order }));
      return;
    }
    const taken = this.#orders[next.which % Math.max(1, this.#orders.length)];
    if (taken) await this.#change(taken, next, index);
  }

  async close(): Promise<void> {
    const period = MONTHS[this.#closed];
    if (!period) return;
    const at = `${CLOSED_AT[this.#closed]}T00:00:00.000Z`;
    this.#closed += 1;
    await this.log.close(period, at);
    const run = await this.log.issue(period, at);
    this.runs.push(run);
    const documents = openDocuments(this.log.workspace);
    for (const { documentSha256 } of run.statements)
      this.lines.push(...parseDocument(documents.get(documentSha256)!).lines);
    documents.close();
  }

  async #change(taken: HandmadeOrder, next: Extract<Step, { which: number }>, index: number) {
    const { occurredAt, share } = next;
    if (next.kind === 'hold') return this.log.hold(taken, !taken.isHeld, occurredAt);
    if (next.kind === 'invalidate') return this.log.invalidate(taken, occurredAt);
    const [refundId] = taken.refunds.keys();
    if (next.kind === 'cancel') {
      const isPossible = refundId !== undefined;
      return isPossible ? this.log.cancelRefund(taken, refundId, occurredAt) : undefined;
    }
    const spread = new Map(
      [...taken.remaining].map(([lineId, left]) => [lineId, (left + share - 1n) / share] as const),
    );
    return this.log.refund(taken, `r${index}`, spread, occurredAt);
  }
}

describe('a random market', () => {
  let clickhouse: TestClickHouse;
  beforeAll(async () => {
    clickhouse = await startClickHouse();
  });
  afterAll(() => clickhouse.stop());

  it('has the same statements both ways, each posting once, and nothing lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const market = new Market();
        try {
          await market.log.setRules();
          for (const [index, next] of steps.entries()) await market.take(next, index);
          await market.close();
          const events = market.lines.map(({ event }) => event);
          expect(new Set(events).size).toBe(events.length);
          expect(await journalOf(market.log)).toEqual(
            totalsOf([...market.lines, ...openOf(market)]),
          );
          const server: EngineChoice = { kind: 'clickhouse', ...clickhouse.target() };
          await verifies({ kind: 'duckdb', threads: 1 }, market);
          await verifies({ kind: 'duckdb', threads: 2 }, market);
          await verifies(server, market);
          await closesAgain(server, market);
        } finally {
          await market.log.end();
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 600_000);
});

/** Every close again, each from what the one before left. */
async function closesAgain(engine: EngineChoice, { log, runs }: Market): Promise<void> {
  await log.forgetCarries();
  for (const run of runs) expect(await log.recompute(run.period, engine)).toEqual(run);
}

/** The last run again from the log's first event. */
async function verifies(engine: EngineChoice, { log, runs }: Market): Promise<void> {
  const { period } = runs.at(-1)!;
  const verified = await verifyRun({ ...log.workspace, engine }, period);
  expect(verified).toMatchObject({ manifestMatches: true, differences: [] });
}

/** What the last close left open, as the fold kept it. */
function openOf(market: Market): readonly Pick<StatementLine, 'amountMinor' | 'event'>[] {
  const last = market.runs.at(-1)!.period;
  const file = join(market.log.workspace.lakeDirectory, 'carries', last, 'fold.ndjson');
  const kept = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return kept.flatMap((line) => {
    const { open } = JSON.parse(line);
    if (!open) return [];
    const event = `${open.stream}@${open.revision}`;
    return [{ event, amountMinor: `${onPending(open.type, JSON.parse(open.data))}` }];
  });
}

/** The postings on pending before the last cutoff, by the shortest rule there is. */
async function journalOf(log: HandmadeLog): Promise<ReadonlyMap<string, bigint>> {
  const events = await withLog(log.workspace.log, (reader) =>
    reader.readAllText({ limit: 10_000 }),
  );
  const cutoff = events.findLastIndex(({ type }) => type === 'PeriodClosed');
  const lines = events.slice(0, cutoff).flatMap(({ type, data, stream, revision }) => {
    const amount = onPending(type, JSON.parse(data));
    return amount === 0n ? [] : [{ event: `${stream}@${revision}`, amountMinor: `${amount}` }];
  });
  return totalsOf(lines);
}

function onPending(type: string, { movement }: { movement?: any }): bigint {
  if (!movement) return 0n;
  if (type === 'CommissionHeld') return -BigInt(movement.amountMinor);
  if (type === 'CommissionReleased') return BigInt(movement.amountMinor);
  return movement.account === 'pending' ? BigInt(movement.amountMinor) : 0n;
}

function totalsOf(lines: readonly { event: string; amountMinor: string }[]) {
  const sorted = [...lines].sort((one, other) => (one.event < other.event ? -1 : 1));
  return new Map(sorted.map(({ event, amountMinor }) => [event, BigInt(amountMinor)]));
}
