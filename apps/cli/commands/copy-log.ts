// `promo-ledger copy-log`: copies a ledger into another store, the embedded log to EventStoreDB or
// back. Killed at any point, the same command goes on; until it is done no service starts on the
// target. At the end every event is compared, and the state that both logs give. With `--move` the
// ledger goes on there: no service starts on the source any more, so that it cannot fork.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { configFrom } from '#api/config.ts';
import { makeDataDirectory } from '#api/data-directory.ts';
import { assertCopied, type Copied, copyLog, LogsDiffer } from '#event-store/copy-log.ts';
import { assertInService, type LogMarks, LogUnderCopy } from '#event-store/log-marks.ts';
import { type LogSource, nameOf, openLogReader, openMarkedStore } from '#event-store/log-source.ts';
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
  readonly move?: boolean;
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
    .option('--move', 'the ledger goes on there: no service starts on the source any more')
    .option('--json', 'print one JSON object for programs')
    .action(async ({ move = false, json = false, ...given }: CopyCommand) => {
      const from = sourceOf(given.from, given.fromPrefix);
      const to = sourceOf(given.to, given.toPrefix);
      if (nameOf(from) === nameOf(to)) throw new CliFailure(EXIT.usage, SAME_LOG);
      const report = await copied({ from, to, move, isQuiet: json });
      if (json) printJson({ ...report, from: nameOf(from), to: nameOf(to) });
      else print(told(report, from, to));
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
  readonly isMoved: boolean;
}

interface Copy {
  readonly from: LogSource;
  readonly to: LogSource;
  readonly move: boolean;
  readonly isQuiet: boolean;
}

async function copied(copy: Copy): Promise<Report> {
  const { from, to, move } = copy;
  const { source, marks: sourceMarks } = await openSource(from, move);
  try {
    if (sourceMarks) await assertMayMove(sourceMarks, from, to);
    if (to.kind === 'sqlite') makeDataDirectory(join(to.file, '..'), to);
    const { store: target, marks } = await openMarkedStore(to);
    try {
      if (target.logId === source.logId) throw new CliFailure(EXIT.usage, SAME_LOG);
      const marked = await marks.copyOf.find();
      if (marked !== undefined && marked !== source.logId) throw new LogUnderCopy(nameOf(to));
      const bars = new Bars(copy.isQuiet);
      const onMatch = () => marks.copyOf.set(source.logId);
      const copying = { source, target, onMatch, onProgress: bars.update };
      const whole = await copyLog(copying).finally(() => bars.end());
      await assertCopied(copying, whole).finally(() => bars.end());
      const state = await sameState({ source, target, whole, bars });
      // From here on no service starts on the source; one that runs beside it may have gone on.
      await sourceMarks?.movedTo.set(nameOf(to));
      const isFinished = (await source.head()) <= whole.place.position;
      if (isFinished && move) await marks.movedTo.remove();
      if (isFinished) await marks.copyOf.remove();
      const events = whole.place.logIndex + 1;
      return { events, state: Object.fromEntries(state), isFinished, isMoved: isFinished && move };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** To be moved it is opened for writing: its marks are set, and a file's lock keeps others out. */
async function openSource(
  from: LogSource,
  move: boolean,
): Promise<{ readonly source: EventLogReader; readonly marks?: LogMarks }> {
  if (from.kind === 'sqlite' && !existsSync(from.file))
    throw new CliFailure(EXIT.files, `${from.file} does not exist: there is nothing to copy`);
  if (!move) return { source: await openLogReader(from) };
  const { store: source, marks } = await openMarkedStore(from);
  return { source, marks };
}

/** A log that went on elsewhere must not go on in a second place; to the same one, it may again. */
async function assertMayMove(marks: LogMarks, from: LogSource, to: LogSource): Promise<void> {
  if ((await marks.movedTo.find()) !== nameOf(to)) return assertInService(nameOf(from), marks);
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

function told({ events, state, isFinished, isMoved }: Report, from: LogSource, to: LogSource) {
  const hashes = Object.keys(state).length;
  if (isFinished)
    return (
      `${nameOf(to)} holds the same ${count(events)} events, and ${hashes} projections of ` +
      'both have the same state hash. ' +
      (isMoved
        ? `The ledger goes on there; no service starts on ${nameOf(from)} any more.`
        : 'It is a copy: for the ledger to go on there, run the same command with --move.')
    );
  say('The source went on meanwhile.');
  return (
    `${nameOf(to)} holds the first ${count(events)} events. Stop the service on the source ` +
    'and run the same command again: until then no service starts on the target.'
  );
}
