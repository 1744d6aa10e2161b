// The tables, made from their `.sql` files when they are not there. For a cluster the same text
// gives a replicated table on every node, `<name>_local`, and a distributed one under the name
// itself; a run's own tables stay on the node that it talks to.
import { sqlFile } from '../sql-file.ts';
import { quotedName, type ClickHouse } from './client.ts';

/** Each with the expression that says which shard a row belongs to: same key, same shard. */
const TABLES = {
  ledger_events: { file: 'events', shardBy: 'intDiv(log_index, 65536)' },
  ledger_entries: { file: 'entries', shardBy: 'intDiv(log_index, 65536)' },
  open_entries: { file: 'open-entries', shardBy: 'cityHash64(period)' },
  statement_lines: { file: 'statement-lines', shardBy: 'cityHash64(period)' },
  statement_totals: { file: 'statement-totals', shardBy: 'cityHash64(period)' },
} as const;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

export async function createTables(clickhouse: ClickHouse): Promise<void> {
  for (const name of TABLE_NAMES)
    for (const statement of definitionsOf(name, clickhouse.target)) await clickhouse.run(statement);
}

/** The analysts' views over them, by the names and columns that the lake's have. */
export async function createViews(clickhouse: ClickHouse): Promise<void> {
  const { cluster } = clickhouse.target;
  const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${quotedName(cluster)}`;
  for (const statement of sqlFile(new URL('views.sql', import.meta.url)).split(/;\n/)) {
    const view = statement.replace(/(CREATE OR REPLACE VIEW \w+)/, `$1${onCluster}`);
    if (view.trim() !== '') await clickhouse.run(view);
  }
}

/** What makes a table: one statement, or two on a cluster. */
export function definitionsOf(
  name: TableName,
  { database, cluster }: ClickHouse['target'],
): readonly string[] {
  const definition = sqlFile(new URL(`tables/${TABLES[name].file}.sql`, import.meta.url));
  if (cluster === undefined) return [definition];
  const onCluster = `ON CLUSTER ${quotedName(cluster)}`;
  const local = localName(name, cluster);
  const replicated = renamed(definition, name, `${local} ${onCluster}`).replace(
    'ENGINE = ReplacingMergeTree',
    `ENGINE = ReplicatedReplacingMergeTree(\n` +
      `  '/clickhouse/tables/{shard}/${database}/${local}', '{replica}')`,
  );
  const distributed =
    `CREATE TABLE IF NOT EXISTS ${name} ${onCluster} AS ${local}\n` +
    `ENGINE = Distributed(${quotedName(cluster)}, ${database}, ${local}, ${TABLES[name].shardBy})`;
  return [replicated, distributed];
}

/** Where a node keeps its own share of a table. */
export const localName = (name: TableName, cluster: string | undefined) =>
  cluster === undefined ? name : `${name}_local`;

/** What a close left, on the node that it ran on: another node's is not added to it. */
export const carriedTables = ({ cluster }: ClickHouse['target']) => ({
  open_entries: localName('open_entries', cluster),
  statement_totals: localName('statement_totals', cluster),
});

/** A table of the same columns and keys for one run. */
export function runTableOf(name: TableName, runName: string): string {
  const definition = sqlFile(new URL(`tables/${TABLES[name].file}.sql`, import.meta.url));
  return renamed(definition, name, quotedName(runName));
}

const renamed = (definition: string, name: TableName, to: string) =>
  definition.replace(`IF NOT EXISTS ${name} (`, `IF NOT EXISTS ${to} (`);
