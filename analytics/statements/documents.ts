// Statement documents by content hash, in one SQLite file. What is read back is hashed again: a
// changed document is never handed out. The file can be lost: a run writes it again.
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Workspace } from '../workspace.ts';
import { BlockReader, BLOCKS_SCHEMA, BlockWriter } from './document-blocks.ts';
import { sha256 } from './run.ts';

/** The file is not ours or cannot be read. */
export class DocumentsUnreadable extends Error {
  override readonly name = 'DocumentsUnreadable';
}

/** What is kept under a hash no longer has that hash. */
export class DocumentChanged extends Error {
  override readonly name = 'DocumentChanged';
  /** What is kept now, if it can still be read as text. */
  readonly text: string | undefined;

  constructor(hash: string, text: string | undefined) {
    super(`the document kept as ${hash} was changed: its bytes have another hash`);
    this.text = text;
  }
}

export interface DocumentReader {
  /** The canonical JSON, or undefined when it is not kept. Throws DocumentChanged. */
  get(hash: string): string | undefined;
  close(): void;
}

export interface DocumentWriter extends DocumentReader {
  /**
   * Keeps a text that is given in pieces of UTF-8: durable once `commit` has returned; closed
   * before that, it never was kept.
   */
  put(hash: string, ...pieces: readonly Uint8Array[]): void;
  commit(): void;
}

/** `PLdo`: says that an SQLite file holds our documents. */
const APPLICATION_ID = 0x504c646f;
const FORMAT_VERSION = 2;

/** Reads beside a running service. */
export function openDocuments({ documentsFile }: Pick<Workspace, 'documentsFile'>): DocumentReader {
  if (!existsSync(documentsFile)) return { get: () => undefined, close: () => undefined };
  const database = opened(documentsFile, true);
  return { get: getter(database), close: () => database.close() };
}

export function openDocumentWriter({
  documentsFile,
}: Pick<Workspace, 'documentsFile'>): DocumentWriter {
  const database = opened(documentsFile, false);
  const blocks = new BlockWriter(database);
  let isWriting = false;
  return {
    get: getter(database),
    put: (hash, ...pieces) => {
      if (!isWriting) database.exec('BEGIN IMMEDIATE');
      isWriting = true;
      blocks.add(hash, pieces);
    },
    commit: () => {
      if (!isWriting) return;
      blocks.end();
      database.exec('COMMIT');
      isWriting = false;
    },
    close: () => {
      if (isWriting) database.exec('ROLLBACK');
      database.close();
    },
  };
}

function opened(file: string, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: 10_000 });
  try {
    const { application_id: id } = database.prepare('PRAGMA application_id').get() as {
      application_id: number;
    };
    if (id !== APPLICATION_ID) prepareNew(database, file, readOnly);
    assertKnownFormat(database, file);
    if (!readOnly) database.exec('PRAGMA synchronous = FULL');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof DocumentsUnreadable) throw error;
    const message = `${file} cannot be read as statement documents: ${(error as Error).message}`;
    throw new DocumentsUnreadable(message, { cause: error });
  }
}

/** Only an empty file becomes ours; anything else is left as it is. */
function prepareNew(database: DatabaseSync, file: string, readOnly: boolean): void {
  const { count } = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as {
    count: number;
  };
  if (count > 0 || readOnly)
    throw new DocumentsUnreadable(`${file} does not hold statement documents; it is left as it is`);
  database.exec(`
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
    ${BLOCKS_SCHEMA}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${FORMAT_VERSION};
    COMMIT`);
}

function assertKnownFormat(database: DatabaseSync, file: string): void {
  const { user_version: format } = database.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (format === FORMAT_VERSION) return;
  throw new DocumentsUnreadable(
    `${file} has format ${format}, this program has ${FORMAT_VERSION}: move it away, ` +
      'a run writes its documents again',
  );
}

function getter(database: DatabaseSync): DocumentReader['get'] {
  const blocks = new BlockReader(database);
  return (hash) => {
    const found = blocks.find(hash);
    if (!found) return undefined;
    if (found.text === undefined || sha256(found.text) !== hash)
      throw new DocumentChanged(hash, found.text);
    return found.text;
  };
}
