// Statements by SQL over millions of entries from a generated log: how fast the engine takes its
// copy of the log, the close of a period, and that of the next, which must cost what its own period
// does. The fold over the same log gives the same documents, or the bench stops.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { foldStatements } from '#analytics/statements/fold/fold-statements.ts';
import { WaysDiffer } from '#analytics/statements/run.ts';
import { type Figure, seconds } from './figure.ts';
import { closingIn, GeneratedLog, type GeneratedMarket } from './generated-log.ts';
import type { BenchOptions, EngineName } from './options.ts';
import type { StatementsAnswer, StatementsRequest } from './statements.worker.ts';
import { inDirectory } from './workplace.ts';

const WORKER = new URL(`./statements.worker${extname(import.meta.url)}`, import.meta.url);

/** Goals are for so many entries. */
const ALL_AT = 10_000_000;
const FURTHER = 1_000_000;
const SECONDS_AT_MOST = 20;
const MEMORY_AT_MOST = 2_000;
const SINK_AT_LEAST = 80_000;
/** How much longer the further close may take than after the smallest history. */
const GROWTH_AT_MOST = 1.25;

export async function* statements(options: BenchOptions): AsyncIterable<Figure> {
  let least: { readonly entries: number; readonly seconds: number } | undefined;
  for (const entries of options.entries) {
    const further = Math.min(FURTHER, entries);
    const { seed, payees, engine } = options;
    const market = { seed, payees, entries: [entries, further] as const };
    const { figures, furtherSeconds } = await inDirectory((directory) =>
      closedTwice({ engine, directory, market }),
    );
    yield* figures;
    if (least) {
      const name = `close of a further ${shown(further)} after ${shown(entries)}`;
      yield {
        name: `${name}, as a multiple of after ${shown(least.entries)}`,
        ...{ value: furtherSeconds / least.seconds, unit: '' },
        target: { atMost: GROWTH_AT_MOST },
      };
    }
    least ??= { entries, seconds: furtherSeconds };
  }
}

type Given = Pick<StatementsRequest, 'engine' | 'directory' | 'market'>;

async function closedTwice(given: Given) {
  const { engine, market } = given;
  const [entries, further] = market.entries;
  const read = await inProcess({ ...given, period: 0, step: 'read' });
  const copied = await inProcess({ ...given, period: 0, step: 'copy' });
  const first = await inProcess({ ...given, period: 0, step: 'compute' });
  const folding = await seconds(() => assertSameAsFold(market, first));
  const copiedMore = await inProcess({ ...given, period: 1, step: 'copy' });
  const second = await inProcess({ ...given, period: 1, step: 'compute' });
  const of = `${shown(entries)} entries`;
  const whole = { isWhole: entries >= ALL_AT, engine };
  const figures: Figure[] = [
    {
      name: `${engine} takes ${of}`,
      ...{ value: entries / copied.seconds, unit: '/s' },
      ...(engine === 'clickhouse' && { target: { atLeast: SINK_AT_LEAST } }),
    },
    {
      name: `${engine} takes ${of}, CPU`,
      ...{ value: (1e6 * copied.cpuSeconds) / entries, unit: 'µs each' },
    },
    {
      name: 'of which the log is made anew as it is read, CPU',
      ...{ value: (1e6 * read.cpuSeconds) / entries, unit: 'µs each' },
    },
    {
      name: `statements over ${of}, ${shown(first.statements)} payees`,
      ...{ value: first.seconds, unit: 's', ...goal(whole, SECONDS_AT_MOST) },
    },
    { name: 'CPU of that process', value: first.cpuSeconds, unit: 's' },
    {
      name: 'memory of that process, peak',
      ...{ value: first.peakMemory, unit: 'MB', ...goal(whole, MEMORY_AT_MOST) },
    },
    { name: 'the fold over the same, which makes its events itself', value: folding, unit: 's' },
    {
      name: `${engine} takes a further ${shown(further)} entries`,
      ...{ value: further / copiedMore.seconds, unit: '/s' },
    },
    {
      name: `statements over a further ${shown(second.lines)} entries`,
      ...{ value: second.seconds, unit: 's' },
    },
    { name: 'memory of that process, peak', value: second.peakMemory, unit: 'MB' },
  ];
  return { figures, furtherSeconds: second.seconds };
}

function goal({ isWhole, engine }: { isWhole: boolean; engine: EngineName }, atMost: number) {
  return isWhole && engine === 'duckdb' ? { target: { atMost } } : {};
}

async function assertSameAsFold(market: GeneratedMarket, computed: StatementsAnswer) {
  const log = new GeneratedLog(market);
  const folded = await foldStatements({ log, closings: [closingIn(log, 0)] });
  const hash = createHash('sha256');
  for (const { documentSha256 } of folded.statements) hash.update(documentSha256);
  if (hash.digest('hex') !== computed.sha256)
    throw new WaysDiffer('SQL and the fold give other statements for the generated log');
}

/** The heap is that of a statement run. */
const EXEC_ARGV = [...process.execArgv, '--max-old-space-size=512', '--max-semi-space-size=32'];

function inProcess(request: StatementsRequest): Promise<StatementsAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, { execArgv: EXEC_ARGV });
    child.on('message', (answer: StatementsAnswer) => resolve(answer));
    child.on('error', reject);
    child.on('exit', (code, by) => reject(new Error(`${request.step} ended: ${by ?? code}`)));
    child.send(request);
  });
}

const shown = (count: number) => count.toLocaleString('en');
