// What every event posted. It asks of every event, so that a new kind of posting cannot be missed.
import { EVENT_TYPES, type EventType } from '#ledger/events.ts';
import { postings } from '#ledger/postings.ts';
import { eventRef } from '#ledger/streams.ts';
import type { Projection } from '#read-store/projection.ts';
import { journal } from './tables.ts';

export const journalProjection: Projection = {
  name: 'journal',
  version: 1,
  tables: [journal],
  handles: [...EVENT_TYPES] as EventType[],
  evolve(event, rows) {
    postings(event).forEach(({ account, currency, amountMinor }, line) =>
      rows.append(journal, {
        logIndex: event.logIndex,
        line,
        account,
        currency,
        amountMinor: String(amountMinor),
        eventType: event.type,
        event: eventRef(event.stream, event.revision),
        occurredAt: event.data.occurredAt,
      }),
    );
  },
};
