// `promo-ledger replay`: rebuilds projections from the log's first event into new tables beside
// live traffic, compares their state hashes with those of the live ones, and switches. Through the
// running service when there is one. `--to-nothing` only reads the log as projections are given it,
// to measure how fast that can be.
import type { Command } from 'commander';
import { type Place, START } from '#event-store/port.ts';
import type { Config } from '#api/config.ts';
import { configOf, openLedger } from '../connect.ts';
import { projections as known } from '#projections/index.ts';
import { CliFailure, type End, EXIT } from '../failure.ts';
import type { RebuildReport } from '../ledger.ts';
import { totalOf, withLog } from '../log-reading.ts';
import { type Common, common } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { count, print, printJson, table } from '../terminal.ts';

interface ReplayCommand extends Common {
  readonly toNothing?: boolean;
}

export function addReplay(program: Command, end: End): void {
  common(program.command('replay'))
    .description('rebuild projections beside live traffic, compare state hashes, switch')
    .argument('[projection...]', 'which ones; default all')
    .option('--to-nothing', 'only read and parse every event: how fast a replay could be')
    .action(async (projections: readonly string[], options: ReplayCommand) => {
      const { json = false, toNothing } = options;
      if (toNothing) return foldToNothing(configOf(options), json);
      assertKnown(projections);
      const reports = await rebuilt(projections, configOf(options), json);
      if (json) for (const report of reports) printJson(report);
      else print(told(reports));
      if (reports.some(({ matches }) => matches === false)) end(EXIT.difference);
    });
}

function assertKnown(asked: readonly string[]): void {
  const names = known.map(({ name }) => name);
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const says = `there is no projection ${unknown.join(', ')}; there are ${names.join(', ')}`;
  throw new CliFailure(EXIT.usage, says);
}

async function rebuilt(
  projections: readonly string[],
  config: Config,
  json: boolean,
): Promise<readonly RebuildReport[]> {
  const ledger = await openLedger(config);
  let bar: Progress | undefined;
  try {
    return await ledger.rebuild(projections, ({ done, total }) => {
      bar ??= progress('replay', json);
      bar.update(done, total);
    });
  } finally {
    bar?.end();
    await ledger.close();
  }
}

function told(reports: readonly RebuildReport[]): string {
  const rows = reports.map(({ projection, version, logIndex, oldHash, newHash, matches }) => [
    ...[projection, version, count(logIndex + 1), newHash.slice(0, 16)],
    oldHash === null
      ? 'first build'
      : matches
        ? 'same state'
        : `DIFFERS from ${oldHash.slice(0, 16)}`,
  ]);
  return table(['projection', ' version', ' events', 'state hash', 'compared with live'], rows);
}

async function foldToNothing(config: Config, json: boolean): Promise<void> {
  const bar = progress('replay to nothing', json);
  const began = performance.now();
  const events = await withLog(config, async (log) => {
    const total = totalOf(log, await log.head());
    let after: Place = START;
    for (;;) {
      const page = await log.readAllFacts({ after, limit: 5_000 });
      const last = page.at(-1);
      if (last === undefined) return after.logIndex + 1;
      after = last;
      bar.update(last.logIndex + 1, total && Math.max(total, last.logIndex + 1));
    }
  });
  bar.end();
  const seconds = (performance.now() - began) / 1_000;
  const perSecond = Math.round(events / seconds);
  if (json) printJson({ events, seconds, perSecond });
  else print(`${count(events)} events in ${seconds.toFixed(2)} s: ${count(perSecond)} a second`);
}
