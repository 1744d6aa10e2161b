// `promo-ledger follow-clickhouse`: keeps the analysts' copy of the log in ClickHouse up to date
// until it is told to stop, or once. The nodes of a running service do so by themselves: this is to
// fill a database before the first of them starts, or where the log is read and nothing is served.
import type { Command } from 'commander';
import type { CopyNews } from '#analytics/clickhouse/follow.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import type { Config } from '#api/config.ts';
import { configOf } from '../connect.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { totalOf, withLog } from '../log-reading.ts';
import { type Common, common } from '../options.ts';
import { progress } from '../progress.ts';
import { count, print, printJson, say } from '../terminal.ts';

interface FollowCommand extends Common {
  readonly once?: boolean;
}

export function addFollowClickHouse(program: Command): void {
  common(program.command('follow-clickhouse'))
    .description('keep the copy of the log in ClickHouse, and its views, up to date until SIGTERM')
    .option('--once', "bring it up to the log's end and end; ends with 3 when that cannot be done")
    .action(async ({ once = false, json = false, ...where }: FollowCommand) => {
      const config = configOf(where);
      const { engine } = config;
      if (engine.kind !== 'clickhouse')
        throw new CliFailure(EXIT.usage, 'PROMO_LEDGER_CLICKHOUSE_URL is not set');
      await (once ? copiedOnce(config, engine, json) : following(config, engine, json));
    });
}

async function copiedOnce(config: Config, target: ClickHouseTarget, json: boolean): Promise<void> {
  const { openClickHouse } = await import('#analytics/clickhouse/client.ts');
  const { syncClickHouse } = await import('#analytics/clickhouse/sink.ts');
  const { createViews } = await import('#analytics/clickhouse/tables.ts');
  const synced = await withLog(config, async (log) => {
    const clickhouse = await openClickHouse(target);
    const bar = progress('copying', json);
    try {
      const total = totalOf(log, await log.head());
      const onProgress = ({ done }: { readonly done: number }) =>
        bar.update(done, total && Math.max(total, done));
      const found = await syncClickHouse(log, clickhouse, { onProgress });
      await createViews(clickhouse);
      return found;
    } finally {
      bar.end();
      await clickhouse.close();
    }
  });
  const { database } = target;
  if (json) printJson({ database, ...synced });
  else
    print(`${database} holds ${count(synced.events)} events, ${count(synced.added)} of them new`);
}

async function following(config: Config, target: ClickHouseTarget, json: boolean): Promise<void> {
  // A log that is not there is told at once, and not waited for.
  await withLog(config, () => Promise.resolve());
  const { followIntoClickHouse } = await import('#analytics/clickhouse/follow.ts');
  const end = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => end.abort());
  if (!json) say(`Following the log into ${target.database}, until SIGTERM or SIGINT …`);
  const onNews = json ? printJson : told(target.database);
  await followIntoClickHouse(config.log, target, { signal: end.signal, onNews });
}

const EVERY_MS = 5_000;

/** Outages, their ends and the first time at the log's end at once; the rest now and then. */
function told(database: string): (news: CopyNews) => void {
  let saidAt = -Infinity;
  let trouble = '';
  let hasCaughtUp = false;
  return (news) => {
    if (news.kind === 'outage') {
      if (news.message !== trouble) say(`${news.message}; tried again until it works`);
      trouble = news.message;
      return;
    }
    const isNew = trouble !== '' || (news.isCaughtUp && !hasCaughtUp);
    if (!isNew && performance.now() - saidAt < EVERY_MS) return;
    hasCaughtUp ||= news.isCaughtUp;
    saidAt = performance.now();
    trouble = '';
    const how = news.isCaughtUp ? 'has caught up at' : 'holds';
    say(`${database} ${how} ${count(news.events)} events`);
  };
}
