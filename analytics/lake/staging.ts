// Copies a range of the log into text files that DuckDB reads, one event a line with tabs between:
// all events, and those that move money once more. Refuses a log that skips or repeats.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { EventLogReader, EventText, Position } from '#event-store/port.ts';
import { eventRef } from '#ledger/streams.ts';

export interface Staged {
  readonly eventsFile: string;
  readonly moneyFile: string;
  readonly first: number;
  readonly last: number;
  readonly position: Position;
  readonly lastEvent: { readonly ref: string; readonly id: string };
}

export interface StageRange {
  readonly after: Position;
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
  const events = openSync(files.eventsFile, 'w');
  const money = openSync(files.moneyFile, 'w');
  let next = first;
  let last: EventText | undefined;
  try {
    while (next - first < limit) {
      const page = await log.readAllText({
        after: last?.position ?? after,
        limit: Math.min(PAGE, limit - (next - first)),
      });
      if (page.length === 0) break;
      assertContiguous(page, next);
      writeSync(events, page.map(eventLine).join(''));
      writeSync(money, page.filter(movesMoney).map(moneyLine).join(''));
      next += page.length;
      last = page.at(-1)!;
    }
  } finally {
    closeSync(events);
    closeSync(money);
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

/** A quote inside a string is escaped, so these characters are a member of that name. */
const movesMoney = ({ data }: EventText) => data.includes('"movement":');

const moneyLine = ({ logIndex, stream, revision, type, data }: EventText) =>
  `${logIndex}\t${stream}\t${revision}\t${type}\t${data}\n`;

/** Whoever acts and the key may be any text, so they go in as JSON strings. */
function eventLine(event: EventText): string {
  const { actor, recordedAt, correlationId, causationId, ...rest } = event.metadata;
  const key = rest.idempotencyKey === undefined ? '' : JSON.stringify(rest.idempotencyKey);
  return (
    `${event.logIndex}\t${event.stream}\t${event.revision}\t${event.type}\t${event.id}\t` +
    `${recordedAt}\t${JSON.stringify(actor)}\t${correlationId}\t${causationId}\t` +
    `${key}\t${rest.requestHash ?? ''}\t${event.data}\n`
  );
}
