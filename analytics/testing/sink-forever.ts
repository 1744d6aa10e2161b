// For the crash test: brings ClickHouse's copy of a log up to date, again and again in a new
// database each time, until it is killed. Says which database is next.
import { openClickHouse } from '../clickhouse/client.ts';
import { syncClickHouse } from '../clickhouse/sink.ts';
import { withLog } from '../log.ts';
import type { ClickHouseTarget, Workspace } from '../workspace.ts';

const workspace = JSON.parse(process.argv[2]!) as Workspace;
const target = JSON.parse(process.argv[3]!) as ClickHouseTarget;
for (let round = 0; ; round += 1) {
  const database = `${target.database}_${round}`;
  process.send?.(database);
  const clickhouse = await openClickHouse({ ...target, database });
  await withLog(workspace.log, (log) => syncClickHouse(log, clickhouse));
  await clickhouse.close();
}
