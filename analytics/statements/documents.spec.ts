// Documents come back as they were put, whatever block they stand in; what is not committed never
// was; a file of another kind or form is left as it is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DocumentsUnreadable, openDocuments, openDocumentWriter } from './documents.ts';
import { sha256 } from './run.ts';

let directory: string;
let file: { documentsFile: string };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'documents-'));
  file = { documentsFile: join(directory, 'documents.db') };
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Some of one block, some across its end, one larger than a block, some not of one byte each. */
const TEXTS = [3, 200_000, 100_000, 700_000, 0, 40].map((size, i) => `${'ü€'.repeat(size)} ${i}`);

describe('statement documents', () => {
  it('gives back each text by its hash, in any order', () => {
    keep(TEXTS);
    const documents = openDocuments(file);
    for (const text of TEXTS.toReversed()) expect(documents.get(sha256(text))).toBe(text);
    expect(documents.get(sha256('another'))).toBeUndefined();
    documents.close();
  });

  it('keeps a text once however often it is put, and nothing beside it', () => {
    keep(TEXTS);
    const blocks = count('blocks');
    keep(TEXTS);
    expect(count('blocks')).toBe(blocks);
    expect(count('documents')).toBe(TEXTS.length);
    const documents = openDocuments(file);
    for (const text of TEXTS) expect(documents.get(sha256(text))).toBe(text);
    documents.close();
  });

  it('keeps nothing that was not committed', () => {
    const writer = openDocumentWriter(file);
    for (const text of TEXTS) writer.put(sha256(text), Buffer.from(text));
    writer.close();
    expect(count('blocks')).toBe(0);
    expect(count('documents')).toBe(0);
  });

  it('refuses a file of another form and leaves it as it is', () => {
    keep(['text']);
    inFile((database) => database.exec('PRAGMA user_version = 1'));
    expect(() => openDocuments(file)).toThrow(DocumentsUnreadable);
    expect(() => openDocumentWriter(file)).toThrow(/has format 1, this program has 2/);
    expect(count('documents')).toBe(1);
  });
});

function keep(texts: readonly string[]): void {
  const writer = openDocumentWriter(file);
  for (const text of texts) writer.put(sha256(text), Buffer.from(text));
  writer.commit();
  writer.close();
}

const count = (table: 'blocks' | 'documents') =>
  inFile((database) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count']);

function inFile<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file.documentsFile);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
