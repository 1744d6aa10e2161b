// EventStoreDB's own client with nothing of ours around it: what the store's rate is held against.
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { newEvent } from './bench-event.ts';

type Event = ReturnType<typeof newEvent>;

export interface BareClient {
  /** A call of its own for each append, which is what credentials with the call bring about. */
  append(stream: string, events: readonly Event[]): Promise<unknown>;
  /** Over the one stream of batches that all appends of a client share. */
  appendBatched(stream: string, events: readonly Event[]): Promise<unknown>;
  close(): Promise<void>;
}

export function openBareClient(connection: string): BareClient {
  const client = EventStoreDBClient.connectionString(connection);
  const [, username = 'admin', password = 'changeit'] =
    /^[^:]+:\/\/([^:@/]+):([^@/]+)@/.exec(connection) ?? [];
  const credentials = {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  const given = (events: readonly Event[]) => events.map((event) => jsonEvent(event));
  const expectedRevision = NO_STREAM;
  return {
    append: (stream, events) =>
      client.appendToStream(stream, given(events), { expectedRevision, credentials }),
    appendBatched: (stream, events) =>
      client.appendToStream(stream, given(events), { expectedRevision }),
    close: () => client.dispose(),
  };
}
