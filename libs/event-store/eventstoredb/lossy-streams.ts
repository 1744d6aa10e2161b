// Streams of the ledger that somebody told the server to shorten, or deleted: their events are gone
// already, or will be when the server next scavenges. Found by going through the server's whole
// log, for a stream that is deleted is not found any more by reading it.
import type { Position as ServerPosition } from '@eventstore/db-client';
import type { Connection } from './connection.ts';
import { READ_BUFFER, readPage } from './read-page.ts';

export interface LossyStream {
  /** Without the ledger's prefix. */
  readonly stream: string;
  /** To be read after the stream: `has $maxCount 10`. */
  readonly says: string;
}

const PAGE = 4_000;
const METADATA = '$$';

/** What a soft delete writes as $tb: all events there are, and ever were. */
const ALL_EVENTS = 2 ** 63 - 1;

/** In the order in which it was first set; what was taken back since is not told. */
export async function findLossyStreams(
  connection: Connection,
  prefix: string,
): Promise<readonly LossyStream[]> {
  const found = new Map<string, string>();
  let from: ServerPosition | 'start' = 'start';
  for (;;) {
    let given = 0;
    const begin = from;
    await connection.callAgain(['not_done', 'unknown'], (client) => {
      given = 0;
      const options = { ...connection.callOptions, fromPosition: begin, maxCount: PAGE };
      const events = client.readAll(options, READ_BUFFER);
      return readPage(events, connection.patience.callMs, ({ event }) => {
        given += 1;
        if (event === undefined) return true;
        from = event.position;
        const stream = ledgersStream(event.streamId, prefix);
        if (stream === undefined) return true;
        const says = saysOf(event.streamId, event);
        if (says !== undefined) found.set(stream, says);
        else if (event.streamId.startsWith(METADATA)) found.delete(stream);
        return true;
      });
    });
    // A page begins with the event that the one before ended with.
    if (given < PAGE) return [...found].map(([stream, says]) => ({ stream, says }));
  }
}

/** The stream that the event is of, or is about. */
function ledgersStream(streamId: string, prefix: string): string | undefined {
  const stream = streamId.startsWith(METADATA) ? streamId.slice(METADATA.length) : streamId;
  if (stream.startsWith('$') || !stream.startsWith(prefix)) return undefined;
  return stream.slice(prefix.length);
}

function saysOf(
  streamId: string,
  { type, isJson, data }: { type: string; isJson: boolean; data: unknown },
): string | undefined {
  if (type === '$streamDeleted') return 'was deleted for good';
  if (!streamId.startsWith(METADATA) || !isJson) return undefined;
  const { $maxCount, $maxAge, $tb } = data as Readonly<Record<string, unknown>>;
  if ($tb !== undefined && Number($tb) >= ALL_EVENTS) return 'was deleted';
  const limits = Object.entries({ $maxCount, $maxAge, $tb })
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name} ${String(value)}`);
  return limits.length > 0 ? `has ${limits.join(' and ')}` : undefined;
}
