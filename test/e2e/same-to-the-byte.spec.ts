// Invariant 6: one log, on either store, gives the same statements, documents and state hashes on
// every engine. A small demo's market in the normal run; the whole demo and Online Retail's months
// in the long form (`npm run test:same`). EVENTSTORE_URL and CLICKHOUSE_URL name real servers.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computeStatements } from '#analytics/statements/compute-statements.ts';
import { openDocuments } from '#analytics/statements/documents.ts';
import type { ComputedRun } from '#analytics/statements/run.ts';
import { type EngineChoice, workspaceIn } from '#analytics/workspace.ts';
import { type Config, configFrom } from '#api/config.ts';
import { closePeriod } from '#cli/closing.ts';
import { PERIODS } from '#cli/demo/calendar.ts';
import { DEMO_SIZE } from '#cli/demo/market.ts';
import { runDemo } from '#cli/demo/run.ts';
import { freshState, type State } from '#cli/fresh-state.ts';
import { onlineRetail } from '#cli/import/online-retail.ts';
import { importFile, surveyFile } from '#cli/import/run.ts';
import { inProcessLedger } from '#cli/in-process-ledger.ts';
import { assertCopied, copyLog } from '#event-store/copy-log.ts';
import { type LogSource, openEventStore, openLogReader } from '#event-store/log-source.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse/server.ts';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../support/eventstore-double/double.ts';

const RETAIL = fileURLToPath(
  new URL('../../../shared/data/online-retail/online-retail.csv.gz', import.meta.url),
);
const RETAIL_MONTHS = [
  '2010-12',
  ...Array.from({ length: 12 }, (_, n) => `2011-${String(n + 1).padStart(2, '0')}`),
];
const SMALL = { sellers: 12, individuals: 40, agencies: 4, orders: 1_500 };
const isLong = process.env['PROMO_LEDGER_SAME'] === 'long';
const HOUR_MS = 3_600_000;

interface Market {
  readonly name: string;
  readonly periods: readonly string[];
  /** Fills the ledger and closes its periods. */
  readonly fill: (config: Config) => Promise<unknown>;
}

const demo = (name: string, size: typeof DEMO_SIZE): Market => ({
  name,
  periods: PERIODS,
  fill: (config) => runDemo({ config, seed: 2026, size, onStage: () => {} }),
});

const retail: Market = {
  name: 'the months of Online Retail',
  periods: RETAIL_MONTHS,
  async fill(config) {
    const ledger = await inProcessLedger(config);
    const source = { file: RETAIL, preset: onlineRetail };
    await importFile(ledger, source, await surveyFile(source));
    for (const month of RETAIL_MONTHS) await closePeriod(ledger, month);
    await ledger.close();
  },
};

function markets(): readonly Market[] {
  if (!isLong) return [demo('a small market', SMALL)];
  if (!existsSync(RETAIL)) console.log(`skipping Online Retail: ${RETAIL} is not there`);
  return [demo('the demo', DEMO_SIZE), ...(existsSync(RETAIL) ? [retail] : [])];
}

describe.each(markets().map((market) => [market.name, market] as const))('%s', (_, market) => {
  let directory: string;
  let double: EventStoreDouble | undefined;
  let clickhouse: TestClickHouse;
  let stores: Readonly<Record<'SQLite' | 'EventStoreDB', LogSource>>;
  let first: readonly ComputedRun[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'promo-ledger-same-'));
    const config = configFrom({ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_LOG_LEVEL: 'error' });
    await market.fill(config);
    const url = process.env['EVENTSTORE_URL'];
    if (!url) double = await startEventStoreDouble({ file: join(directory, 'double.db') });
    const copy: LogSource = {
      ...{ kind: 'eventstoredb', connection: url || double!.connection },
      prefix: `same${randomUUID().replaceAll('-', '')}.`,
    };
    stores = { SQLite: config.log, EventStoreDB: copy };
    await copied(config.log, copy);
    clickhouse = await startClickHouse();
    first = await runs('SQLite', { kind: 'duckdb', threads: 1 });
  }, HOUR_MS);

  afterAll(async () => {
    await clickhouse?.stop();
    await double?.stop();
    rmSync(directory, { recursive: true });
  });

  /** All periods in order, so that each begins where the one before it ended; nothing is shared. */
  async function runs(store: keyof typeof stores, engine: EngineChoice) {
    const workspace = workspaceIn(mkdtempSync(join(directory, 'run-')), stores[store], engine);
    const computed: ComputedRun[] = [];
    for (const period of market.periods) computed.push(await computeStatements(workspace, period));
    const documents = openDocuments(workspace);
    for (const { statements } of computed)
      for (const { documentSha256 } of statements)
        expect(documents.get(documentSha256)).toBeDefined();
    documents.close();
    return computed;
  }

  it('has statements to compare', () => {
    const statements = first.flatMap((run) => run.statements);
    expect(statements.length).toBeGreaterThan(market.periods.length);
    expect(first.map(({ period }) => period)).toEqual(market.periods);
  });

  // Each run compares SQL with the fold to the byte; a manifest names every document by its hash.
  it.each([
    ['SQLite', 'DuckDB on two threads', { kind: 'duckdb', threads: 2 }],
    ['SQLite', 'ClickHouse', undefined],
    ['EventStoreDB', 'DuckDB on one thread', { kind: 'duckdb', threads: 1 }],
    ['EventStoreDB', 'DuckDB on two threads', { kind: 'duckdb', threads: 2 }],
    ['EventStoreDB', 'ClickHouse', undefined],
  ] as const)(
    'gives the same statements from %s on %s and by the fold',
    async (store, _engine, duckdb) => {
      const engine = duckdb ?? { kind: 'clickhouse' as const, ...clickhouse.target() };
      expect(await runs(store, engine)).toEqual(first);
    },
    HOUR_MS,
  );

  it(
    'gives the same state hashes on both stores',
    async () => {
      expect(await stateIn(stores.EventStoreDB)).toEqual(await stateIn(stores.SQLite));
    },
    HOUR_MS,
  );
});

async function copied(from: LogSource, to: LogSource): Promise<void> {
  const source = await openLogReader(from);
  const target = await openEventStore(to);
  const copying = { source, target, onProgress: () => {} };
  await assertCopied(copying, await copyLog(copying));
  await target.close();
  await source.close();
}

async function stateIn(source: LogSource): Promise<State> {
  const log = await openLogReader(source);
  try {
    const { logIndex } = (await log.placeOf(0))!;
    expect(logIndex).toBe(0);
    return await freshState(log, Number.MAX_SAFE_INTEGER, () => {});
  } finally {
    await log.close();
  }
}
