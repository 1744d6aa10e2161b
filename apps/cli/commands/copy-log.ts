// `promo-ledger copy-log`: moves a ledger to another store, the embedded log to EventStoreDB or
// back. Killed at any point, the same command goes on; until it is done no service starts on the
// target. At the end every event is compared, and the state that both logs give.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { configFrom } from '#api/config.ts';
import { makeDataDirectory } from '#api/data-directory.ts';
import { assertCopied, type Copied, copyLog, LogsDiffer } from '#event-store/copy-log.ts';
import { LogUnderCopy } from '#event-store/copy-mark.ts';
import { type LogSource, nameOf, openCopyTarget, openLogReader } from '#event-store/log-source.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { configOf } from '../connect.ts';
import { CliFailure, type End, EXIT } from '../failure.ts';
import { freshState, type State } from '../fresh-state.ts';
import { type Progress, progress } from '../progress.ts';
import { count, print, printJson, say } from '../terminal.ts';

interface CopyCommand {
  readonly from: string;
  readonly fromPrefix?: string;
  readonly to: string;
  readonly toPrefix?: string;
  readonly json?: boolean;
}

const WHERE = 'a data directory, an esdb:// connection, or `eventstore`: the configured one';

/** By its name, or, where one server has two names, by its id: a log in use must not be marked. */
const SAME_LOG = 'the source and the target are the same log';

export function addCopyLog(program: Command, end: End): void {
  program
    .command('copy-log')
    .description('copy a log into another store, where it goes on; resumable, verified at the end')
    .requiredOption('--from <log>', WHERE)
    .option('--from-prefix <prefix>', "of the source's streams, when it is an EventStoreDB")
    .requiredOption('--to <log>', `${WHERE}; no service may run on it`)
    .option('--to-prefix <prefix>', "of the target's streams, when it is an EventStoreDB")
    .option('--json', 'print one JSON object for programs')
    .action(async ({ from, fromPrefix, to, toPrefix, json = false }: CopyCommand) => {
      const source = sourceOf(from, fromPrefix);
      const target = sourceOf(to, toPrefix);
      if (nameOf(source) === nameOf(target)) throw new CliFailure(EXIT.usage, SAME_LOG);
      const report = await copied(source, target, json);
      if (json) printJson({ ...report, from: nameOf(source), to: nameOf(target) });
      else print(told(report, target));
      if (!report.isFinished) end(EXIT.difference);
    });
}

function sourceOf(place: string, prefix: string | undefined): LogSource {
  if (place === 'eventstore' || place.includes('://')) {
    const eventstore = place === 'eventstore' ? {} : { eventstore: place };
    const { log } = configOf({ ...eventstore, ...(prefix !== undefined && { prefix }) });
    if (log.kind === 'eventstoredb') return log;
    throw new CliFailure(EXIT.usage, 'PROMO_LEDGER_EVENTSTORE_URL is not set');
  }
  if (prefix !== undefined)
    throw new CliFailure(EXIT.usage, `${place}: a data directory has no prefix`);
  return configFrom({ PROMO_LEDGER_DATA: resolve(place) }).log;
}

interface Report {
  readonly events: number;
  readonly state: Readonly<Record<string, string>>;
  /** False when the source went on meanwhile: the target is still marked. */
  readonly isFinished: boolean;
}

async function copied(from: LogSource, to: LogSource, isQuiet: boolean): Promise<Report> {
  const source = await openSource(from);
  try {
    if (to.kind === 'sqlite') makeDataDirectory(join(to.file, '..'), to);
    const { store: target, mark } = await openCopyTarget(to);
    try {
      if (target.logId === source.logId) throw new CliFailure(EXIT.usage, SAME_LOG);
      const marked = await mark.find();
      if (marked !== undefined && marked !== source.logId) throw new LogUnderCopy(nameOf(to));
      const bars = new Bars(isQuiet);
      const onMatch = () => mark.set(source.logId);
      const copying = { source, target, onMatch, onProgress: bars.update };
      const whole = await copyLog(copying).finally(() => bars.end());
      await assertCopied(copying, whole).finally(() => bars.end());
      const state = await sameState({ source, target, whole, bars });
      const isFinished = (await source.head()) <= whole.place.position;
      if (isFinished) await mark.remove();
      return { events: whole.place.logIndex + 1, state: Object.fromEntries(state), isFinished };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function openSource(from: LogSource): Promise<EventLogReader> {
  if (from.kind === 'sqlite' && !existsSync(from.file))
    throw new CliFailure(EXIT.files, `${from.file} does not exist: there is nothing to copy`);
  return openLogReader(from);
}

interface Compared {
  readonly source: EventLogReader;
  readonly target: EventLogReader;
  readonly whole: Copied;
  readonly bars: Bars;
}

/** What the read models make of the one and of the other. */
async function sameState({ source, target, whole, bars }: Compared): Promise<State> {
  const { logIndex } = whole.place;
  const stateIn = (log: EventLogReader, stage: string) =>
    freshState(log, logIndex, (done) => bars.update(stage, done)).finally(() => bars.end());
  const wanted = await stateIn(source, "the source's state");
  const found = await stateIn(target, "the target's state");
  const differing = [...wanted].find(([name, hash]) => found.get(name) !== hash);
  if (differing === undefined) return wanted;
  throw new LogsDiffer(`the target gives another state of ${differing[0]}`);
}

/** One bar at a time, for as long as its stage goes on. */
class Bars {
  readonly #isQuiet: boolean;
  #shown: { readonly stage: string; readonly bar: Progress } | undefined;

  constructor(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
  }

  readonly update = (stage: string, done: number): void => {
    if (this.#shown?.stage !== stage) {
      this.end();
      this.#shown = { stage, bar: progress(stage, this.#isQuiet) };
    }
    this.#shown.bar.update(done, 0);
  };

  end(): void {
    this.#shown?.bar.end();
    this.#shown = undefined;
  }
}

function told({ events, state, isFinished }: Report, target: LogSource): string {
  const hashes = Object.keys(state).length;
  if (isFinished)
    return (
      `${nameOf(target)} holds the same ${count(events)} events, and ${hashes} projections of ` +
      'both have the same state hash. The service may run on it; the source must not be written ' +
      'to any more.'
    );
  say('The source went on meanwhile.');
  return (
    `${nameOf(target)} holds the first ${count(events)} events. Stop the service on the source ` +
    'and run the same command again: until then no service starts on the target.'
  );
}
