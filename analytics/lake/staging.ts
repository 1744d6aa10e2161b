// Copies a range of the log into text files that DuckDB reads, one event a line with tabs between:
// all events, and those that move money once more. Refuses a log that skips or repeats.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLogReader, EventText, Place, Position } from '#event-store/port.ts';
import { eventRef } from '#ledger/streams.ts';
import { TextFile } from './text-file.ts';

export interface Staged {
  readonly eventsFile: string;
  readonly moneyFile: string;
  readonly first: number;
  readonly last: number;
  readonly position: Position;
  readonly lastEvent: { readonly ref: string; readonly id: string };
}

export interface StageRange {
  readonly after: Place;
  /** logIndex of the range's first event. */
  readonly first: number;
  readonly limit: number;
}

const PAGE = 2_000;

/** Undefined when the log has nothing after the position. */
export async function stage(
  log: EventLogReader,
  file: string,
  { after, first, limit }: StageRange,
): Promise<Staged | undefined> {
  const files = { eventsFile: `${file}.events.tsv`, moneyFile: `${file}.money.tsv` };
  const events = new TextFile(files.eventsFile);
  const money = new TextFile(files.moneyFile);
  let next = first;
  let last: EventText | undefined;
  try {
    while (next - first < limit) {
      const page = await log.readAllText({
        after: last ?? after,
        limit: Math.min(PAGE, limit - (next - first)),
      });
      if (page.length === 0) break;
      assertContiguous(page, next);
      for (const event of page) stageEvent(event, events, money);
      next += page.length;
      last = page.at(-1)!;
      // DuckDB is at work on the range before and may be waiting to be told what is next.
      await nextTurn();
    }
  } finally {
    events.close();
    money.close();
  }
  if (!last) return undefined;
  const lastEvent = { ref: eventRef(last.stream, last.revision), id: last.id };
  return { ...files, first, last: last.logIndex, position: last.position, lastEvent };
}

function assertContiguous(page: readonly EventText[], first: number): void {
  for (const [i, { logIndex }] of page.entries()) {
    if (logIndex !== first + i)
      throw new Error(`the log goes on at ${logIndex} where ${first + i} was expected`);
  }
}

/** Whoever acts and the key may be any text, so they go in as JSON strings. */
function stageEvent(event: EventText, events: TextFile, money: TextFile): void {
  const { data, metadata } = event;
  const { actor, recordedAt, correlationId, causationId, idempotencyKey, requestHash } = metadata;
  const place = `${event.logIndex}\t${event.stream}\t${event.revision}\t${event.type}\t`;
  const key = idempotencyKey === undefined ? '' : JSON.stringify(idempotencyKey);
  const envelope =
    `${event.id}\t${recordedAt}\t${JSON.stringify(actor)}\t` +
    `${correlationId}\t${causationId}\t${key}\t${requestHash ?? ''}\t`;
  events.addLine(place + envelope, data);
  if (data.includes(MOVEMENT)) money.addLine(place, data);
}

/** A quote inside a string is escaped, so these characters end a member's name. */
const MOVEMENT = 'movement":';
