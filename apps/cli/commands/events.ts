// `promo-ledger events`: what the log holds, of one stream or of all, beside a running service.
// With `--json` one event a line, as stored.
import type { Command } from 'commander';
import { categoryOf } from '#ledger/streams.ts';
import type { EventLogReader, EventText, StreamEvent } from '#event-store/port.ts';
import { configOf } from '../connect.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common, wholeNumber } from '../options.ts';
import { print, printJson, table } from '../terminal.ts';

interface EventsCommand extends Common {
  readonly after?: number;
  readonly limit: number;
  readonly type?: readonly string[];
}

export function addEvents(program: Command): void {
  common(program.command('events'))
    .description('events of a stream (seller-…, promoCode-…, order-…/…, payee-…), or of the log')
    .argument('[stream]', 'a stream, or `stream@revision` for one event')
    .option('--after <number>', 'only events after this revision (or logIndex)', wholeNumber)
    .option('--limit <number>', 'at most so many', wholeNumber, 50)
    .option('--type <type...>', 'of the log: only events of these types')
    .action(async (stream: string | undefined, options: EventsCommand) => {
      const events = await withLog(configOf(options), (log) => read(log, stream, options));
      if (options.json) for (const event of events) printJson(event);
      else print(told(events));
    });
}

type Shown = Omit<StreamEvent, 'position'> & { readonly logIndex?: number };

async function read(
  log: EventLogReader,
  place: string | undefined,
  { after, limit, type }: EventsCommand,
): Promise<readonly Shown[]> {
  if (place === undefined) {
    const texts = await textsOfLog(log, after, { limit, ...(type && { types: type }) });
    return texts.map(({ data, position: _, ...event }) => ({ ...event, data: JSON.parse(data) }));
  }
  const [stream = '', revision] = place.split('@');
  if (revision !== undefined && !/^\d+$/.test(revision)) {
    throw new CliFailure(EXIT.usage, `${place}: what stands after @ is a revision, a whole number`);
  }
  const first = revision === undefined ? (after ?? -1) + 1 : Number(revision);
  const most = revision === undefined ? limit : 1;
  const events = await eventsOfStream(log, stream, { from: first, limit: most });
  if (events.length === 0 && first === Number(revision ?? 0)) {
    throw new CliFailure(EXIT.files, `${place}: the log holds no such event`);
  }
  return events.map(({ position: _, ...event }) => event);
}

/** Page by page: large events make short pages. */
async function textsOfLog(
  log: EventLogReader,
  after: number | undefined,
  { limit, types }: { limit: number; types?: readonly string[] },
): Promise<readonly EventText[]> {
  const texts: EventText[] = [];
  while (texts.length < limit) {
    const from = texts.at(-1) ?? (await log.placeOf(after ?? -1));
    if (from === undefined) break;
    const read = { after: from, limit: limit - texts.length, ...(types && { types }) };
    const page = await log.readAllText(read);
    if (page.length === 0) break;
    texts.push(...page);
  }
  return texts;
}

async function eventsOfStream(
  log: EventLogReader,
  stream: string,
  { from, limit }: { from: number; limit: number },
): Promise<readonly StreamEvent[]> {
  const events: StreamEvent[] = [];
  while (events.length < limit) {
    const range = { from: from + events.length, limit: limit - events.length };
    const page = await log.readStream(stream, range);
    if (page.length === 0) break;
    events.push(...page);
  }
  return events;
}

function told(events: readonly Shown[]): string {
  if (events.length === 0) return 'No events.';
  if (events.length === 1) return JSON.stringify(events[0], null, 2);
  const rows = events.map(({ stream, revision, type, data, metadata, logIndex }) => [
    ...[logIndex ?? null, `${stream}@${revision}`, type, occurredAt(data)],
    ...[metadata.actor, summary(stream, data)],
  ]);
  return table([' log', 'event', 'type', 'occurred', 'by', 'says'], rows);
}

const occurredAt = (data: object) => ('occurredAt' in data ? String(data.occurredAt) : '');

/** The first plain values of an event that its stream's name does not say already. */
function summary(stream: string, data: object): string {
  const flat = 'verdict' in data ? { ...(data.verdict as object) } : data;
  const plain = Object.entries(flat).filter(
    ([name, value]) =>
      name !== 'occurredAt' && typeof value !== 'object' && !stream.includes(String(value)),
  );
  const movement = 'movement' in data ? (data.movement as { amountMinor: string }) : undefined;
  const first = plain.slice(0, categoryOf(stream) === 'programme' ? 4 : 3);
  return [
    ...(movement ? [`moves ${movement.amountMinor}`] : []),
    ...first.map(([name, value]) => `${name} ${String(value).slice(0, 24)}`),
  ].join(', ');
}
