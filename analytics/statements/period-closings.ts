// The closed periods of a log, each with its cutoff, and the rule that says to which of them a
// posting belongs. Part of the fold's way: SQL has its own.
import type { EventLogReader, Place } from '#event-store/port.ts';
import { START } from '#event-store/port.ts';
import type { PeriodClosed } from '#ledger/programme.events.ts';
import { eventRef } from '#ledger/streams.ts';

export interface Closing {
  readonly period: string;
  readonly cutoffLogIndex: number;
  readonly rulesVersion: number;
  /** Of `PeriodClosed`: where to read on, and its lasting name. */
  readonly place: Place;
  readonly event: { readonly ref: string; readonly id: string };
  /** [startsAt, endsAt), UTC. */
  readonly startsAt: string;
  readonly endsAt: string;
}

/** In the order of the log: all closings after a place. */
export async function closingsAfter(log: EventLogReader, after: Place = START) {
  const closings: Closing[] = [];
  for (let from: Place = after; ;) {
    const page = await log.readAllText({ after: from, types: ['PeriodClosed'] });
    for (const event of page) {
      const { period, rulesVersion } = JSON.parse(event.data) as PeriodClosed['data'];
      closings.push({
        period,
        cutoffLogIndex: event.logIndex,
        rulesVersion,
        place: { position: event.position, logIndex: event.logIndex },
        event: { ref: eventRef(event.stream, event.revision), id: event.id },
        startsAt: monthStart(period, 0),
        endsAt: monthStart(period, 1),
      });
    }
    if (page.length === 0) return closings;
    from = page.at(-1)!;
  }
}

function monthStart(period: string, monthsLater: number): string {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + monthsLater, 1)).toISOString();
}

/** The first closed period whose cutoff comes after the posting and whose end is after clearsAt. */
export function closingOf(
  closings: readonly Closing[],
  posting: { readonly logIndex: number; readonly clearsAt: string },
): Closing | undefined {
  return closings.find(
    ({ cutoffLogIndex, endsAt }) => cutoffLogIndex > posting.logIndex && endsAt > posting.clearsAt,
  );
}
