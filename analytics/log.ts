// Opens the log that a workspace names, for reading only, beside whoever writes it.
import { type LogSource, openLogReader } from '#event-store/log-source.ts';
import type { EventLogReader } from '#event-store/port.ts';

export async function withLog<T>(
  source: LogSource,
  work: (log: EventLogReader) => Promise<T>,
): Promise<T> {
  const log = await openLogReader(source);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
