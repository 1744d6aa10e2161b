// Opens a log on EventStoreDB: to write it, or for reading only. Either asks the server for the
// log's id, so that what cannot work is said at once and not by the first who needs it.
import { type EventStoreDbSource, nameOf } from '../log-source.ts';
import { messageOf } from '../log-file-errors.ts';
import { StoreUnavailable } from '../port.ts';
import { CallFailed } from './call-failed.ts';
import { Connection, type Patience, PATIENCE } from './connection.ts';
import { EventStoreDbReader } from './eventstoredb-reader.ts';
import { EventStoreDbStore } from './eventstoredb-store.ts';
import { LogNotBegun, LogUnreachable } from './log-errors.ts';
import { ensureIdentity, findIdentity } from './log-identity.ts';

export interface OpenOptions {
  /** For how long a server is waited for at the start, in milliseconds. */
  readonly startMs?: number;
  readonly patience?: Partial<Patience>;
}

const START_MS = 10_000;

/** Rejects with LogUnreachable when no server answers in time, or it will not have us. */
export async function openEventStoreDb(
  source: EventStoreDbSource,
  options: OpenOptions = {},
): Promise<EventStoreDbStore> {
  const { prefix } = source;
  const connection = connect(source, options);
  return begin(connection, options, async (retryMs) => {
    const identity = await ensureIdentity(connection, prefix, retryMs);
    return new EventStoreDbStore(connection, prefix, identity);
  });
}

/** As `openEventStoreDb`; with LogNotBegun where no store ever wrote. */
export async function openEventStoreDbReader(
  source: EventStoreDbSource,
  options: OpenOptions = {},
): Promise<EventStoreDbReader> {
  const { prefix } = source;
  const connection = connect(source, options);
  return begin(connection, options, async (retryMs) => {
    const identity = await findIdentity(connection, prefix, retryMs);
    if (identity === undefined) throw new LogNotBegun(connection.log);
    return new EventStoreDbReader(connection, prefix, identity);
  });
}

function connect(source: EventStoreDbSource, { patience }: OpenOptions): Connection {
  const log = nameOf(source);
  // What the server keeps for itself begins so; spaces and control characters are mistakes.
  if (/^\$|[\s\p{Cc}]/u.test(source.prefix))
    throw new LogUnreachable(log, 'its prefix begins with $ or holds a space');
  try {
    return new Connection({ connection: source.connection, log }, { ...PATIENCE, ...patience });
  } catch (error) {
    throw error instanceof LogUnreachable
      ? error
      : new LogUnreachable(log, messageOf(error), error);
  }
}

async function begin<R extends EventStoreDbReader>(
  connection: Connection,
  { startMs = START_MS }: OpenOptions,
  open: (retryMs: number) => Promise<R>,
): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = async () => {
      const reason = connection.health.message ?? (await connection.whyNoLeader());
      reject(new LogUnreachable(connection.log, reason));
    };
    timer = setTimeout(() => void giveUp(), startMs);
  });
  try {
    const opened = open(startMs);
    opened.catch(() => undefined);
    const reader = await Promise.race([opened, late]);
    // Who may read streams may still not read the whole log.
    await Promise.race([reader.head(), late]);
    return reader;
  } catch (error) {
    await connection.close();
    // The reader says of a failed call that the store is not available, and why in its cause.
    const failed = error instanceof StoreUnavailable ? error.cause : error;
    if (!(failed instanceof CallFailed)) throw error;
    throw new LogUnreachable(connection.log, failed.message, failed);
  } finally {
    clearTimeout(timer);
  }
}
