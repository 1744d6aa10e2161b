// Copies a log into another store, event by event in log order: streams, revisions, ids, types,
// data and metadata are the same, only positions differ. Where it stopped is read off the target,
// so it can be killed at any point; a target that is no beginning of the source is refused.
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '#ledger/canonical-json.ts';
import { eventRef } from '#ledger/streams.ts';
import { appendBytes } from './canonical-event.ts';
import {
  type AppendedEvent,
  type EventLogReader,
  type EventStore,
  type EventText,
  MAX_APPEND_BYTES,
  OutcomeUnknown,
  NO_POSITION,
  type Place,
  type Position,
  START,
  StoreUnavailable,
  WrongExpectedRevision,
} from './port.ts';

/** The two logs are not one log: the message names the first event that differs. */
export class LogsDiffer extends Error {
  override readonly name = 'LogsDiffer';
}

export interface Copying {
  readonly source: EventLogReader;
  readonly target: EventStore;
  /** Awaited once the target is known to be a beginning of the source, before it is written to. */
  readonly onMatch?: () => Promise<void>;
  /** Events of the target that are as in the source. */
  readonly onProgress: (stage: 'comparing' | 'copying', events: number) => void;
}

const PAGE = 2_000;
/** Of an event of the ledger's own size; larger ones go alone. */
const MOST_EVENTS = 500;
const MOST_BYTES = MAX_APPEND_BYTES / 2;

/** What is out of reach is tried again for so long; after that a new start goes on. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface Copied {
  /** The source's last event. */
  readonly place: Place;
  /** In the target, of the last event appended; NO_POSITION when there was none to append. */
  readonly position: Position;
}

/**
 * Up to where the source ends. Rejects with LogsDiffer, also when somebody else writes into the
 * target, or with StoreUnavailable when either is out of reach for long.
 */
export async function copyLog(copying: Copying): Promise<Copied> {
  const { source, onProgress } = copying;
  let place = await commonPlace(copying);
  let position = NO_POSITION;
  await copying.onMatch?.();
  for (;;) {
    const page = await source.readAllText({ after: place, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return { place, position };
    for (const batch of batches(page)) position = await appendBatch(copying, batch);
    place = placeOf(last);
    onProgress('copying', last.logIndex + 1);
  }
}

/** After a copy: the target holds these events of the source and none behind them. */
export async function assertCopied(copying: Copying, { place, position }: Copied): Promise<void> {
  await shown(copying.target, position);
  const { logIndex } = await commonPlace(copying);
  if (logIndex === place.logIndex) return;
  throw new LogsDiffer(`the target ends at logIndex ${logIndex}, not at ${place.logIndex}`);
}

/** The place in the source where the target ends. */
async function commonPlace({ source, target, onProgress }: Copying): Promise<Place> {
  let inSource: Place = START;
  let inTarget: Place = START;
  for (;;) {
    const copied = await target.readAllText({ after: inTarget, limit: PAGE });
    if (copied.length === 0) return inSource;
    for (let at = 0; at < copied.length;) {
      const limit = copied.length - at;
      const page = await source.readAllText({ after: inSource, limit });
      if (page.length === 0) throw new LogsDiffer(`the source ends before ${refOf(copied[at]!)}`);
      for (const event of page) assertSame(event, copied[at++]!);
      inSource = placeOf(page.at(-1)!);
    }
    inTarget = placeOf(copied.at(-1)!);
    onProgress('comparing', inTarget.logIndex + 1);
  }
}

const placeOf = ({ position, logIndex }: Place): Place => ({ position, logIndex });

/** A server may acknowledge an event before those who read the log are shown it. */
async function shown(target: EventLogReader, position: Position): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while ((await target.head()) < position) {
    if (performance.now() > until)
      throw new StoreUnavailable('the target does not show what it acknowledged');
    await pause(FIRST_PAUSE_MS);
  }
}

function assertSame(wanted: EventText, found: EventText): void {
  if (wanted.stream !== found.stream || wanted.revision !== found.revision)
    throw new LogsDiffer(
      `at logIndex ${wanted.logIndex} the source holds ${refOf(wanted)}, ` +
        `the target ${refOf(found)}`,
    );
  for (const member of ['id', 'type', 'data'] as const)
    if (wanted[member] !== found[member]) throw new LogsDiffer(differing(wanted, member));
  if (canonicalJson(wanted.metadata) !== canonicalJson(found.metadata))
    throw new LogsDiffer(differing(wanted, 'metadata'));
}

const differing = (event: EventText, member: string) =>
  `${refOf(event)} (logIndex ${event.logIndex}) has another ${member} in the target`;

const refOf = ({ stream, revision }: EventText) => eventRef(stream, revision);

type Batch = readonly [EventText, ...EventText[]];

/** Neighbours of one stream go together: the order of the log stays what it is. */
function* batches(page: readonly EventText[]): Generator<Batch> {
  let batch: [EventText, ...EventText[]] | undefined;
  let bytes = 0;
  for (const event of page) {
    const size = appendBytes({ data: event.data, metadata: canonicalJson(event.metadata) });
    const isOver = batch === undefined || batch.length >= MOST_EVENTS || bytes + size > MOST_BYTES;
    if (!isOver && batch![0].stream === event.stream) {
      batch!.push(event);
      bytes += size;
      continue;
    }
    if (batch !== undefined) yield batch;
    batch = [event];
    bytes = size;
  }
  if (batch !== undefined) yield batch;
}

/** The same append until it is answered: a repeat gets the first one's answer. */
async function appendBatch({ target }: Copying, batch: Batch): Promise<Position> {
  const [{ stream, revision }] = batch;
  const expected = revision === 0 ? 'no_stream' : revision - 1;
  const events = batch.map(appended);
  const until = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
    try {
      return (await target.append(stream, expected, events)).position;
    } catch (error) {
      const isOutage = error instanceof StoreUnavailable || error instanceof OutcomeUnknown;
      if (!isOutage || performance.now() > until) throw reasonOf(error);
      await pause(wait);
    }
  }
}

function appended(event: EventText): AppendedEvent {
  const { id, type, data: text, metadata } = event;
  const data = JSON.parse(text) as object;
  if (canonicalJson(data) !== text)
    throw new LogsDiffer(`${refOf(event)} is not in its canonical form: run doctor on the source`);
  const canonical = { data: text, metadata: canonicalJson(metadata) };
  return { id, type, data, metadata, canonical };
}

function reasonOf(error: unknown): unknown {
  if (!(error instanceof WrongExpectedRevision)) return error;
  return new LogsDiffer(`somebody else writes to the target: ${error.message}`);
}
