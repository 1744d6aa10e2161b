// Custom metadata of a stream: a system event, so it is none of the log's. Written at *no stream*
// or an exact revision, so that of two that write at once the second sees what the first wrote.
import {
  type EventStoreDBClient,
  jsonEvent,
  type JSONType,
  type Position as ServerPosition,
} from '@eventstore/db-client';
import { CallFailed } from './call-failed.ts';
import type { Connection } from './connection.ts';
import { readPage } from './read-page.ts';

export interface StreamMetadata {
  /** -1 when the stream has none. */
  readonly revision: bigint;
  readonly position?: ServerPosition | undefined;
  readonly content: Readonly<Record<string, JSONType>>;
}

/** A server that is out of reach is tried again for `retryMs`; then it rejects with CallFailed. */
export async function readMetadata(
  connection: Connection,
  stream: string,
  retryMs: number,
): Promise<StreamMetadata> {
  let found: StreamMetadata = { revision: -1n, content: {} };
  const options = {
    ...connection.callOptions,
    ...({ direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const),
  };
  try {
    await connection.callAgain(
      ['not_done', 'unknown'],
      (client) =>
        readPage(
          client.readStream(`$$${stream}`, options),
          connection.patience.callMs,
          ({ event }) => {
            const content = (event?.isJson ? event.data : {}) as StreamMetadata['content'];
            if (event !== undefined)
              found = { revision: event.revision, position: event.position, content };
            return true;
          },
        ),
      retryMs,
    );
  } catch (error) {
    if (!(error instanceof CallFailed && error.kind === 'not_found')) throw error;
  }
  return found;
}

/**
 * Writes the metadata behind those at `revision`, unless somebody else was faster, or it is not
 * known whether it was written: read it again.
 */
export async function tryToWriteMetadata(
  connection: Connection,
  stream: string,
  { revision, content }: Pick<StreamMetadata, 'revision' | 'content'>,
  retryMs: number,
): Promise<void> {
  const event = jsonEvent({ type: '$metadata', data: content });
  const options = {
    ...connection.callOptions,
    expectedRevision: revision < 0n ? ('no_stream' as const) : revision,
  };
  const append = (client: EventStoreDBClient) =>
    connection.inTime(client.appendToStream(`$$${stream}`, event, options));
  try {
    await connection.callAgain(['not_done'], append, retryMs);
  } catch (error) {
    const isOpen = error instanceof CallFailed && ['conflict', 'unknown'].includes(error.kind);
    if (!isOpen) throw error;
  }
}
