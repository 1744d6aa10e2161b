// The tables, made from their `.sql` files when they are not there. For a cluster the same text
// gives, of the log's copy, a replicated table on every node, `<name>_local`, and a distributed one
// under the name itself. What closes leave is small and whole on every node, so that a period is
// there once, whatever node its closes ran on. A run's own tables stay on the node that it talks
// to.
import { createHash } from 'node:crypto';
import { sqlFile } from '../sql-file.ts';
import { quotedName, type ClickHouse } from './client.ts';

interface Table {
  readonly file: string;
  /** Which shard a row belongs to: same key, same shard. Without, every node holds every row. */
  readonly shardBy?: string;
}

const TABLES = {
  ledger_events: { file: 'events', shardBy: 'intDiv(log_index, 65536)' },
  ledger_entries: { file: 'entries', shardBy: 'intDiv(log_index, 65536)' },
  open_entries: { file: 'open-entries' },
  statement_lines: { file: 'statement-lines' },
  statement_totals: { file: 'statement-totals' },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** What is missing of them: a statement for a whole cluster waits for every node of it. */
export async function createTables(clickhouse: ClickHouse): Promise<void> {
  const known = await tablesIn(clickhouse);
  const { target } = clickhouse;
  const tables = TABLE_NAMES.flatMap((name) => [...definitionsOf(name, target)]);
  for (const [name, statement] of [...tables, entriesMade(target)])
    if (!known.has(name)) await clickhouse.run(statement);
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
  const { file, shardBy }: Table = TABLES[name];
  const definition = sqlFile(new URL(`tables/${file}.sql`, import.meta.url));
  if (cluster === undefined) return new Map([[name, definition]]);
  const onCluster = `ON CLUSTER ${quotedName(cluster)}`;
  const local = localName(name, cluster);
  const [path, replica] =
    shardBy === undefined ? ['all', '{shard}-{replica}'] : ['{shard}', '{replica}'];
  const place = `'/clickhouse/tables/${path}/${database}/${local}', '${replica}'`;
  const plain = renamed(definition, name, `${local} ${onCluster}`);
  const engine = `ENGINE = ReplicatedReplacingMergeTree(\n  ${place})`;
  const replicated = `${plain.replace('ENGINE = ReplacingMergeTree', engine)}\n${NO_REPEATS}`;
  if (shardBy === undefined) return new Map([[local, replicated]]);
  const distributed =
    `CREATE TABLE IF NOT EXISTS ${name} ${onCluster} AS ${local}\n` +
    `ENGINE = Distributed(${quotedName(cluster)}, ${database}, ${local}, ${shardBy})`;
  return new Map([
    [local, replicated],
    [name, distributed],
  ]);
}

/**
 * What is inserted again replaces itself. If a repeat were recognised instead, it would not come
 * back after it was taken out, and no entries would be made of it.
 */
const NO_REPEATS = 'SETTINGS replicated_deduplication_window = 0';

const ENTRIES = new URL('entries.sql', import.meta.url);

/** What the entries of these events are. */
export const entriesOf = (events: string) =>
  sqlFile(ENTRIES).replace('FROM ledger_events', `FROM ${events}`);

/** Makes the entries of whatever events are inserted, in the same insert, on the same node. */
export function entriesMade({ cluster }: ClickHouse['target']): readonly [string, string] {
  const name = 'ledger_entries_made';
  const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${quotedName(cluster)}`;
  const [events, entries] = (['ledger_events', 'ledger_entries'] as const).map((each) =>
    localName(each, cluster),
  );
  const view = `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}${onCluster} TO ${entries} AS`;
  return [name, `${view}\n${entriesOf(events!)}`];
}

/** Where a node keeps its own share of a table, or all of it. */
export function localName(name: TableName, cluster: string | undefined): string {
  const { shardBy }: Table = TABLES[name];
  return cluster === undefined || shardBy === undefined ? name : `${name}_local`;
}

/** A table of the same columns and keys for one run. */
export function runTableOf(name: TableName, runName: string): string {
  const definition = sqlFile(new URL(`tables/${TABLES[name].file}.sql`, import.meta.url));
  return renamed(definition, name, quotedName(runName));
}

const renamed = (definition: string, name: TableName, to: string) =>
  definition.replace(`IF NOT EXISTS ${name} (`, `IF NOT EXISTS ${to} (`);
