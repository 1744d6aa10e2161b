// The tables, made from their `.sql` files when they are not there. For a cluster the same text
// gives a replicated table on every node, `<name>_local`, and a distributed one under the name
// itself; a run's own tables stay on the node that it talks to.
import { createHash } from 'node:crypto';
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

/** What is missing of them: a statement for a whole cluster waits for every node of it. */
export async function createTables(clickhouse: ClickHouse): Promise<void> {
  const known = await tablesIn(clickhouse);
  for (const name of TABLE_NAMES)
    for (const [table, statement] of definitionsOf(name, clickhouse.target))
      if (!known.has(table)) await clickhouse.run(statement);
}

/** False when nothing was copied into this database yet. */
export async function isFilled(clickhouse: ClickHouse): Promise<boolean> {
  const known = await tablesIn(clickhouse);
  return TABLE_NAMES.every((name) => known.has(name));
}

const VIEWS = new URL('views.sql', import.meta.url);

/**
 * The analysts' views over the tables, by the names and columns that the lake's have. Unless they
 * are there as they are here: the last one says from which text they were made.
 */
export async function createViews(clickhouse: ClickHouse): Promise<void> {
  const text = sqlFile(VIEWS);
  const mark = `Made from ${createHash('sha256').update(text).digest('hex')}.`;
  if ((await tablesIn(clickhouse)).get(VIEWS_MARK) === mark) return;
  const marked = `CREATE OR REPLACE VIEW ${VIEWS_MARK} AS SELECT 1 AS views COMMENT '${mark}'`;
  const { cluster } = clickhouse.target;
  const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${quotedName(cluster)}`;
  for (const statement of [...text.split(/;\n/), marked]) {
    const view = statement.replace(/(CREATE OR REPLACE VIEW \w+)/, `$1${onCluster}`);
    if (view.trim() !== '') await clickhouse.run(view);
  }
}

/** Made last. Its comment names the text of the others. */
export const VIEWS_MARK = 'made_from';

/** The comments of what the node has, by name. */
async function tablesIn(clickhouse: ClickHouse): Promise<ReadonlyMap<string, string>> {
  const rows = await clickhouse.rows(
    'SELECT name, comment FROM system.tables WHERE database = currentDatabase()',
  );
  return new Map(rows.map(({ name, comment }) => [String(name), String(comment)]));
}

/** What makes a table, by the names of what is made: one statement, or two on a cluster. */
export function definitionsOf(
  name: TableName,
  { database, cluster }: ClickHouse['target'],
): ReadonlyMap<string, string> {
  const definition = sqlFile(new URL(`tables/${TABLES[name].file}.sql`, import.meta.url));
  if (cluster === undefined) return new Map([[name, definition]]);
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
  return new Map([
    [local, replicated],
    [name, distributed],
  ]);
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
