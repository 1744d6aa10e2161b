// Opens the log that a workspace names, for reading only, beside whoever writes it.
import type { EventLogReader } from '#event-store/port.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import type { LogSource } from './workspace.ts';

export async function withLog<T>(
  source: LogSource,
  work: (log: EventLogReader) => Promise<T>,
): Promise<T> {
  const log = openSqliteReader(source.file);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
