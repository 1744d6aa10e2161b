// The log's id, which caches and checkpoints name it by: custom metadata of the programme's stream.
// That is a system event, so it is none of the log's; written at *no stream* or an exact revision,
// so that of two that begin a log at once both take the same.
import {
  type EventStoreDBClient,
  jsonEvent,
  type JSONType,
  type Position as ServerPosition,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import { CallFailed } from './call-failed.ts';
import type { Connection } from './connection.ts';
import { readPage } from './read-page.ts';

const LOG_ID = 'promoLedgerLogId';

export interface LogIdentity {
  readonly logId: string;
  /** None of the log's events stands before it; undefined when that is not known. */
  readonly begin: ServerPosition | undefined;
}

interface StreamMetadata {
  /** -1 when the stream has none. */
  readonly revision: bigint;
  readonly position?: ServerPosition | undefined;
  readonly content: Readonly<Record<string, JSONType>>;
}

/** Undefined when there is none. */
export async function findIdentity(
  connection: Connection,
  prefix: string,
  retryMs: number,
): Promise<LogIdentity | undefined> {
  return identityIn(await read(connection, metadataStream(prefix), retryMs));
}

/** The identity that is there, or one that is there from now on. */
export async function ensureIdentity(
  connection: Connection,
  prefix: string,
  retryMs: number,
): Promise<LogIdentity> {
  const stream = metadataStream(prefix);
  for (;;) {
    const found = await read(connection, stream, retryMs);
    const identity = identityIn(found);
    if (identity !== undefined) return identity;
    await write(connection, stream, found, retryMs);
  }
}

/** No store appends before the log has an id; one that was written anew came later. */
function identityIn({ revision, position, content }: StreamMetadata): LogIdentity | undefined {
  const logId = content[LOG_ID];
  if (typeof logId !== 'string') return undefined;
  return { logId, begin: revision === 0n ? position : undefined };
}

/** Writes an id unless somebody else was faster, or it is not known whether it was written. */
async function write(
  connection: Connection,
  stream: string,
  { revision, content }: StreamMetadata,
  retryMs: number,
): Promise<void> {
  // What others keep there, such as who may read the stream, stays.
  const event = jsonEvent({ type: '$metadata', data: { ...content, [LOG_ID]: randomUUID() } });
  const options = {
    ...connection.callOptions,
    expectedRevision: revision < 0n ? ('no_stream' as const) : revision,
  };
  const append = (client: EventStoreDBClient) =>
    connection.inTime(client.appendToStream(stream, event, options));
  try {
    await connection.callAgain(['not_done'], append, retryMs);
  } catch (error) {
    const isOpen = error instanceof CallFailed && ['conflict', 'unknown'].includes(error.kind);
    if (!isOpen) throw error;
  }
}

const metadataStream = (prefix: string) => `$$${prefix}${PROGRAMME_STREAM}`;

async function read(
  connection: Connection,
  stream: string,
  retryMs: number,
): Promise<StreamMetadata> {
  let found: StreamMetadata = { revision: -1n, content: {} };
  const last = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
  try {
    await connection.callAgain(
      ['not_done', 'unknown'],
      (client) =>
        readPage(
          client.readStream(stream, { ...connection.callOptions, ...last }),
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
