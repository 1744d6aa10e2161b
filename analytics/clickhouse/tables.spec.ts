import {
  startInProcessClickHouse,
  type InProcessClickHouse,
} from '../../test/support/clickhouse/in-process.ts';
import { hostOf, openClickHouse, type ClickHouse } from './client.ts';
import { createTables, definitionsOf, entriesMade, TABLE_NAMES } from './tables.ts';

describe('the tables in ClickHouse', () => {
  let engine: InProcessClickHouse;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    engine = startInProcessClickHouse();
    clickhouse = await engine.open();
  });
  afterAll(async () => {
    await clickhouse.close();
    await engine.stop();
  });

  it('replace what has the same key, month by month', async () => {
    await createTables(clickhouse);
    await createTables(clickhouse);
    const tables = await clickhouse.rows(
      `SELECT name, engine, partition_key, sorting_key FROM system.tables
       WHERE database = currentDatabase() AND engine <> 'MaterializedView' ORDER BY name`,
    );
    const engineName = 'ReplacingMergeTree';
    const byMonth = { engine: engineName, partition_key: 'toYYYYMM(recorded_at)' };
    const byPeriod = { engine: engineName, partition_key: 'period' };
    expect(tables).toEqual([
      { name: 'ledger_entries', ...byMonth, sorting_key: 'log_index' },
      { name: 'ledger_events', ...byMonth, sorting_key: 'log_index' },
      { name: 'open_entries', ...byPeriod, sorting_key: 'period, log_index' },
      { name: 'statement_lines', ...byPeriod, sorting_key: 'payee_id, currency, log_index' },
      { name: 'statement_totals', ...byPeriod, sorting_key: 'period, payee_id, currency' },
    ]);
  });

  // No cluster runs here: the engine's own parser reads what one would be told.
  const target = { database: 'ledger', cluster: "north'`1" };
  const ON_CLUSTER = "ON CLUSTER `north'\\`1`";
  const parsed = (statement: string) => clickhouse.lines(`EXPLAIN AST ${statement}`);

  it.each(['ledger_events', 'ledger_entries'] as const)(
    'of a cluster are replicated in each shard, and distributed over them: %s',
    async (name) => {
      const definitions = definitionsOf(name, target);
      expect([...definitions.keys()]).toEqual([`${name}_local`, name]);
      const [replicated = '', distributed = ''] = definitions.values();
      const made = await parsed(replicated);
      expect(made).toMatch(new RegExp(`CreateQuery ${name}_local `));
      expect(made).toContain('Function ReplicatedReplacingMergeTree');
      expect(made).toContain(`Literal '/clickhouse/tables/{shard}/ledger/${name}_local'`);
      expect(made).toContain("Literal '{replica}'");
      const spread = await parsed(distributed);
      expect(spread).toMatch(new RegExp(`CreateQuery ${name} `));
      expect(spread).toContain('Function Distributed');
      for (const statement of definitions.values()) expect(statement).toContain(ON_CLUSTER);
    },
  );

  it.each(['open_entries', 'statement_lines', 'statement_totals'] as const)(
    'of a cluster are one table, whole on every node of every shard: %s',
    async (name) => {
      const definitions = definitionsOf(name, target);
      expect([...definitions.keys()]).toEqual([name]);
      const [replicated = ''] = definitions.values();
      const made = await parsed(replicated);
      expect(made).toMatch(new RegExp(`CreateQuery ${name} `));
      expect(made).toContain(`Literal '/clickhouse/tables/all/ledger/${name}'`);
      expect(made).toContain("Literal '{shard}-{replica}'");
      expect(made).not.toContain('Distributed');
      expect(replicated).toContain(ON_CLUSTER);
    },
  );

  it.each(TABLE_NAMES)('of a cluster store again what is inserted again: %s', async (name) => {
    const [replicated = ''] = definitionsOf(name, target).values();
    expect(await parsed(replicated)).toContain('Set');
    expect(replicated).toMatch(/\nSETTINGS replicated_deduplication_window = 0$/);
  });

  it('of a cluster are filled node by node: entries where their events are inserted', async () => {
    const [name, statement] = entriesMade(target);
    const made = await parsed(statement);
    expect(made).toMatch(new RegExp(`CreateQuery ${name} `));
    expect(made).toContain('TableIdentifier ledger_events_local');
    expect(statement).toContain(`${ON_CLUSTER} TO ledger_entries_local AS`);
  });

  it('are not made in a database that could be read as SQL', async () => {
    const target = { url: 'http://127.0.0.1:1', database: 'a; DROP DATABASE b' };
    await expect(openClickHouse(target)).rejects.toThrow(/cannot be the name of a database/);
  });

  it('cannot be reached where nothing answers, which is said without the password', async () => {
    const target = { url: 'http://finance:secret@127.0.0.1:1', database: 'ledger' };
    await expect(openClickHouse(target)).rejects.toMatchObject({
      name: 'ClickHouseUnreachable',
      message: expect.not.stringContaining('secret'),
    });
    await expect(openClickHouse(target)).rejects.toThrow(/^ClickHouse at 127\.0\.0\.1:1 cannot/);
    expect(hostOf('no address')).toBe('an address that cannot be read');
  });
});
