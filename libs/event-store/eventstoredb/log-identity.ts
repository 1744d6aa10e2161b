// The log's id, which caches and checkpoints name it by: custom metadata of a stream that holds no
// event, so that nobody has a reason to set others there. That is a system event and none of the
// log's; written at *no stream* or an exact revision, so that of two that begin a log at once both
// take the same.
import type { Position as ServerPosition } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { readMetadata, type StreamMetadata, tryToWriteMetadata } from './stream-metadata.ts';

const STREAM = 'log';
const LOG_ID = 'promoLedgerLogId';

export interface LogIdentity {
  readonly logId: string;
  /** None of the log's events stands before it; undefined when that is not known. */
  readonly begin: ServerPosition | undefined;
}

/** Undefined when there is none. */
export async function findIdentity(
  connection: Connection,
  prefix: string,
  retryMs: number,
): Promise<LogIdentity | undefined> {
  return identityIn(await readMetadata(connection, prefix + STREAM, retryMs));
}

/** The identity that is there, or one that is there from now on. */
export async function ensureIdentity(
  connection: Connection,
  prefix: string,
  retryMs: number,
): Promise<LogIdentity> {
  const stream = prefix + STREAM;
  for (;;) {
    const found = await readMetadata(connection, stream, retryMs);
    const identity = identityIn(found);
    if (identity !== undefined) return identity;
    // What others keep there, such as who may read the stream, stays.
    const content = { ...found.content, [LOG_ID]: randomUUID() };
    await tryToWriteMetadata(connection, stream, { ...found, content }, retryMs);
  }
}

/** No store appends before the log has an id; one that was written anew came later. */
function identityIn({ revision, position, content }: StreamMetadata): LogIdentity | undefined {
  const logId = content[LOG_ID];
  if (typeof logId !== 'string') return undefined;
  return { logId, begin: revision === 0n ? position : undefined };
}
