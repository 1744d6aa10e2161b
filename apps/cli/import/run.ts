// Imports an order file: one pass to survey it, the sellers, codes and influencers that its rule
// asks for, then every line through the bulk endpoint. Doing it again changes nothing: all ids come
// from the file, so that an import that was cut off is simply run once more.
import { exponentOf } from '#ledger/currency.ts';
import { CliFailure, EXIT } from '../failure.ts';
import type { BulkAnswer, Ledger } from '../ledger.ts';
import { decimalText, type Decimal, minus } from './decimal.ts';
import { type Fact, Mapping } from './facts.ts';
import { invoices } from './invoices.ts';
import { openMarket } from './market.ts';
import type { Preset, SourceLine } from './preset.ts';
import { sourceLines } from './source-file.ts';
import { type Survey, survey } from './survey.ts';
import { type Bucket, endingOf, Tally } from './tally.ts';

export interface ImportReport {
  readonly preset: string;
  readonly currency: string;
  readonly buckets: readonly Bucket[];
  readonly invoices: number;
  /** Of the file: what the endings must add up to. */
  readonly lines: number;
  readonly minor: bigint;
  /** What the four endings add up to. */
  readonly endedLines: number;
  readonly endedMinor: bigint;
  readonly exact: string;
  /** The rounded lines' sum less the exact one: what rounding each line once has cost. */
  readonly roundingDifference: string;
  /** Facts that the ledger says it had already. */
  readonly repeated: number;
  readonly seconds: number;
}

export type OnImportProgress = (
  stage: 'survey' | 'market' | 'orders',
  done: number,
  total: number,
) => void;

export interface OrderFile {
  readonly file: string;
  readonly preset: Preset;
}

const quietly: OnImportProgress = () => undefined;

const CHUNK_BYTES = 256 * 1024;

/** Reads the whole file once: what cannot be read is refused before anything is stored. */
export function surveyFile(
  { file, preset }: OrderFile,
  onProgress: OnImportProgress = quietly,
): Promise<Survey> {
  const lines = counted(sourceLines(file, preset), (count) => onProgress('survey', count, 0));
  return survey(lines, preset, exponentOf(preset.currency));
}

export async function importFile(
  ledger: Ledger,
  { file, preset }: OrderFile,
  surveyed: Survey,
  onProgress: OnImportProgress = quietly,
): Promise<ImportReport> {
  const began = performance.now();
  const exponent = exponentOf(preset.currency);
  const textOf = await openMarket(ledger, preset, surveyed, (done, total) =>
    onProgress('market', done, total),
  );
  const mapping = new Mapping({ preset, exponent, survey: surveyed, textOf });
  const sent: Fact[] = [];
  const bytes = linesToSend(invoices(sourceLines(file, preset), surveyed), mapping, sent);
  const { tally, repeated } = await settled(ledger.bulk(bytes), sent, (lines) =>
    onProgress('orders', lines, surveyed.lines),
  );
  return reportOf(preset, surveyed, tally, { repeated, exponent, began });
}

/** NDJSON in chunks; every fact is put on `sent` before its bytes are given on. */
async function* linesToSend(
  source: AsyncIterable<readonly SourceLine[]>,
  mapping: Mapping,
  sent: Fact[],
): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const invoice of source) {
    for (const fact of mapping.factsOf(invoice)) {
      sent.push(fact);
      text += `${JSON.stringify(fact.body)}\n`;
    }
    if (text.length < CHUNK_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/** Answers come in input order: each settles the oldest fact that has none yet. */
async function settled(
  answers: AsyncIterable<readonly BulkAnswer[]>,
  sent: Fact[],
  onLines: (lines: number) => void,
): Promise<{ tally: Tally; repeated: number }> {
  const tally = new Tally();
  let settledLines = 0;
  let answered = 0;
  let repeated = 0;
  for await (const batch of answers) {
    const facts = sent.splice(0, batch.length);
    for (const [index, answer] of batch.entries()) {
      const fact = facts[index];
      answered += 1;
      const ended = fact && answer.line === answered ? endingOf(fact, answer) : undefined;
      if (!fact || !ended) throw new CliFailure(EXIT.service, unsettled(answered, answer));
      tally.add(fact, ended);
      settledLines += fact.lines;
      if (answer.repeated === true) repeated += 1;
    }
    onLines(settledLines);
  }
  if (sent.length > 0) {
    throw new CliFailure(EXIT.service, `${sent.length} facts got no answer: ${AGAIN}`);
  }
  return { tally, repeated };
}

const AGAIN = 'run the same import again; what is stored already is recognised';

function unsettled(line: number, { outcome, code, ...rest }: BulkAnswer): string {
  return `line ${line} of the feed: ${outcome} ${code ?? ''} ${JSON.stringify(rest)}: ${AGAIN}`;
}

interface Measures {
  readonly repeated: number;
  readonly exponent: number;
  readonly began: number;
}

function reportOf(
  { name, currency }: Preset,
  { lines, minor, exact, linesOfInvoice }: Survey,
  tally: Tally,
  { repeated, exponent, began }: Measures,
): ImportReport {
  const rounded: Decimal = { units: minor, scale: exponent };
  return {
    preset: name,
    currency,
    buckets: tally.list(),
    invoices: linesOfInvoice.size,
    lines,
    minor,
    endedLines: tally.lines,
    endedMinor: tally.minor,
    exact: decimalText(exact),
    roundingDifference: decimalText(minus(rounded, exact)),
    repeated,
    seconds: (performance.now() - began) / 1_000,
  };
}

async function* counted<T>(
  source: AsyncIterable<T>,
  onCount: (count: number) => void,
): AsyncGenerator<T> {
  let count = 0;
  for await (const item of source) {
    count += 1;
    if (count % 10_000 === 0) onCount(count);
    yield item;
  }
}
