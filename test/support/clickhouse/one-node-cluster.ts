// A cluster of one node, as far as the engine in a process can be one: it knows itself as a shard,
// and has its macros. It has no Keeper and no queue for statements that all nodes run: these run
// here, and tables that replicas would share are plain ones.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Its name. */
export const CLUSTER = 'promo_ledger';

const CONFIG = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <macros><shard>1</shard><replica>one</replica></macros>
  <remote_servers>
    <${CLUSTER}>
      <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
    </${CLUSTER}>
  </remote_servers>
</clickhouse>
`;

/** The engine reads the configuration that it finds where it is started: one beside its data. */
export function startInCluster(dataDirectory: string): void {
  const directory = join(dataDirectory, 'cluster');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.xml'), CONFIG);
  process.chdir(directory);
}

/** What a statement comes to on the one node. */
export const onOneNode = (statement: string) =>
  statement
    .replaceAll(` ON CLUSTER \`${CLUSTER}\``, '')
    .replace(/ReplicatedReplacingMergeTree\([^)]*\)/, 'ReplacingMergeTree')
    .replace('SETTINGS replicated_deduplication_window = 0', '');
