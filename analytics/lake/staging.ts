// Copies a range of the log into a text file that DuckDB reads: one event a line, tabs between.
// Refuses to stage a log that skips or repeats.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { EventLogReader, EventText, Position } from '#event-store/port.ts';
import { eventRef } from '#ledger/streams.ts';

export interface Staged {
  readonly file: string;
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
  const descriptor = openSync(file, 'w');
  let next = first;
  let last: EventText | undefined;
  try {
    while (next - first < limit) {
      const page = await log.readAllText({
        after: last?.position ?? after,
        limit: Math.min(PAGE, limit - (next - first)),
      });
      if (page.length === 0) break;
      writeSync(descriptor, stagedText(page, next));
      next += page.length;
      last = page.at(-1)!;
    }
  } finally {
    closeSync(descriptor);
  }
  if (!last) return undefined;
  const lastEvent = { ref: eventRef(last.stream, last.revision), id: last.id };
  return { file, first, last: last.logIndex, position: last.position, lastEvent };
}

function stagedText(page: readonly EventText[], first: number): string {
  let text = '';
  let expected = first;
  for (const event of page) {
    if (event.logIndex !== expected)
      throw new Error(`the log goes on at ${event.logIndex} where ${expected} was expected`);
    expected += 1;
    text += lineOf(event);
  }
  return text;
}

/** Whoever acts and the key may be any text, so they go in as JSON strings. */
function lineOf(event: EventText): string {
  const { actor, recordedAt, correlationId, causationId, ...rest } = event.metadata;
  const key = rest.idempotencyKey === undefined ? '' : JSON.stringify(rest.idempotencyKey);
  return (
    `${event.logIndex}\t${event.stream}\t${event.revision}\t${event.type}\t${event.id}\t` +
    `${recordedAt}\t${JSON.stringify(actor)}\t${correlationId}\t${causationId}\t` +
    `${key}\t${rest.requestHash ?? ''}\t${event.data}\n`
  );
}
