// Rows of the journal.
import { integer, oneOf, table, text, type RowOf } from '#read-store/projection.ts';
import type { EventType } from '#ledger/events.ts';

/** Every posting; those of one event have its logIndex and add up to zero. */
export const journal = table({
  name: 'journal',
  columns: {
    logIndex: integer,
    /** Place among the event's postings, from 0. */
    line: integer,
    account: text,
    currency: text,
    amountMinor: text,
    eventType: oneOf<EventType>(),
    /** `stream@revision`. */
    event: text,
    occurredAt: text,
  },
  key: ['logIndex', 'line'],
  indexes: [{ on: ['account', 'logIndex', 'line'] }],
});
export type JournalRow = RowOf<typeof journal>;
