// Which log it is, and how it is opened: for reading beside its writers, or to write. Plain values,
// so that a source can be handed to a worker thread or a child process. The connection may hold a
// password: a source is never printed, `nameOf` is.
import type { EventStoreDbReader } from './eventstoredb/eventstoredb-reader.ts';
import type { EventStoreDbStore } from './eventstoredb/eventstoredb-store.ts';
import type { LossyStream } from './eventstoredb/lossy-streams.ts';
import { assertInService, fileMarks, type LogMarks, storeMarks } from './log-marks.ts';
import type { EventLogReader, EventStore } from './port.ts';
import { openSqliteReader, SqliteReader } from './sqlite-reader.ts';
import { openSqliteStore } from './sqlite-store.ts';

export interface SqliteSource {
  readonly kind: 'sqlite';
  readonly file: string;
}

export interface EventStoreDbSource {
  readonly kind: 'eventstoredb';
  /** esdb:// or esdb+discover:// with its options; credentials stand in the userinfo. */
  readonly connection: string;
  /** Of the ledger's streams. Empty: the store is the ledger's alone. */
  readonly prefix: string;
}

export type LogSource = SqliteSource | EventStoreDbSource;

/** Rejects with the log file's errors, or with LogUnreachable. */
export async function openLogReader(source: LogSource): Promise<EventLogReader> {
  if (source.kind === 'sqlite') return openSqliteReader(source.file);
  const { openEventStoreDbReader } = await eventStoreDb();
  return openEventStoreDbReader(source);
}

/**
 * As `openLogReader`, and with LogUnderCopy or LogMoved; a SQLite file is locked against other
 * writers.
 */
export async function openEventStore(source: LogSource): Promise<EventStore> {
  const { store, marks } = await openMarkedStore(source);
  try {
    await assertInService(nameOf(source), marks);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** As `openEventStore`, whatever the log's marks say: for who sets them. */
export async function openMarkedStore(
  source: LogSource,
): Promise<{ readonly store: EventStore; readonly marks: LogMarks }> {
  if (source.kind === 'sqlite')
    return { store: openSqliteStore(source.file), marks: fileMarks(source.file) };
  const { openEventStoreDb } = await eventStoreDb();
  const store = await openEventStoreDb(source);
  return { store, marks: storeMarks(store) };
}

/** Of wishes for the id of the ledger's first buyer key, the one that all nodes are told. */
export type ClaimKey = (keyId: string) => Promise<string>;

/** Undefined for a log that has one writer: nobody else could wish for another. */
export function claimKeyIn(store: EventStore): ClaimKey | undefined {
  if (store.isOnlyWriter) return undefined;
  return async (keyId) => {
    const shared = store as EventStoreDbStore;
    return (await shared.changeMark('promoLedgerBuyerKey', (now) => now ?? keyId))!;
  };
}

export interface Health {
  readonly isReachable: boolean;
  /** Why not; holds no password. */
  readonly message?: string;
}

/** As of the last that was heard of the store; one in this process is always there. */
export function healthOf(log: EventLogReader): Health {
  return log instanceof SqliteReader || !('health' in log)
    ? { isReachable: true }
    : (log as { health(): Health }).health();
}

/** Streams of a log on a server that lose their events; undefined of a log in a file. */
export async function lossyStreamsOf(
  log: EventLogReader,
): Promise<readonly LossyStream[] | undefined> {
  if (!('lossyStreams' in log)) return undefined;
  return (log as EventStoreDbReader).lossyStreams();
}

/** Calls back when the log may hold more, where the store tells. Gives back how to end that. */
export function hearNews(log: EventLogReader, listener: () => void): () => void {
  if (!('onNews' in log)) return () => undefined;
  return (log as { onNews(listener: () => void): () => void }).onNews(listener);
}

/** Loaded when it is used: the client and its protocol are large. */
const eventStoreDb = () => import('./eventstoredb/open.ts');

/** For people: the file, or the hosts without what stands before and behind them. */
export function nameOf(source: LogSource): string {
  if (source.kind === 'sqlite') return source.file;
  const hosts = /^\w+(?:\+discover)?:\/\/(?:[^]*@)?([^/?]*)/.exec(source.connection)?.[1] ?? '';
  return `EventStoreDB at ${hosts}${source.prefix && ` under ${source.prefix}`}`;
}
