// Opens a log on EventStoreDB: to write it, or for reading only.
import type { EventStoreDbSource } from '../log-source.ts';
import type { EventLogReader, EventStore } from '../port.ts';

/** Rejects with LogUnreachable when no server answers. */
export function openEventStoreDb(source: EventStoreDbSource): Promise<EventStore> {
  return Promise.reject(new Error(`${source.kind} is not there yet`));
}

/** As `openEventStoreDb`. */
export function openEventStoreDbReader(source: EventStoreDbSource): Promise<EventLogReader> {
  return Promise.reject(new Error(`${source.kind} is not there yet`));
}
