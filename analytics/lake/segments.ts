// Segment files: written once under a temporary name, made durable, then renamed to the name that
// holds their range and hash. Nothing is read from a segment whose hash was not checked.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { makeDurable } from '#event-store/durable-file.ts';
import { literal, setVariables } from '../duckdb/engine.ts';
import { sqlFile } from '../sql-file.ts';
import { LakeDamaged } from './lake-errors.ts';
import type { Segment, SegmentFile } from './manifest.ts';
import type { Staged } from './staging.ts';

const STAGED_SQL = new URL('staged.sql', import.meta.url);
/** A row group is what a reader can pass over: entries are read payee by payee. */
const TABLES = {
  events: { script: new URL('events.sql', import.meta.url), rowGroup: 40_960 },
  entries: { script: new URL('entries.sql', import.meta.url), rowGroup: 16_384 },
} as const;

export const segmentsDirectory = (lake: string) => join(lake, 'segments');
export const stagingDirectory = (lake: string) => join(lake, 'staging');
export const spillDirectory = (lake: string) => join(lake, 'spill');
export const segmentPath = (lake: string, { name }: SegmentFile) =>
  join(segmentsDirectory(lake), name);

/** Turns a staged range into a segment; its files are durable when it resolves. */
export async function writeSegment(
  connection: DuckDBConnection,
  lake: string,
  staged: Staged,
): Promise<Segment> {
  mkdirSync(segmentsDirectory(lake), { recursive: true });
  await setVariables(connection, {
    staged_events: staged.eventsFile,
    staged_money: staged.moneyFile,
  });
  await connection.run(sqlFile(STAGED_SQL));
  const events = await writeTable(connection, lake, staged, 'events');
  const count = staged.last - staged.first + 1;
  if (events.rows !== count) throw new Error(`${events.rows} of ${count} events were written`);
  const entries = await writeTable(connection, lake, staged, 'entries');
  makeDurable(segmentsDirectory(lake));
  const { first, last, position, lastEvent } = staged;
  return {
    first,
    last,
    position: position.toString(),
    lastEvent,
    events: events.file,
    entries: entries.file,
  };
}

async function writeTable(
  connection: DuckDBConnection,
  lake: string,
  staged: Staged,
  table: keyof typeof TABLES,
): Promise<{ rows: number; file: SegmentFile }> {
  const temporary = `${staged.eventsFile}.${table}.parquet`;
  const { script, rowGroup } = TABLES[table];
  const result = await connection.runAndReadAll(
    `COPY (${sqlFile(script)}) TO ${literal(temporary)}
     (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rowGroup})`,
  );
  const rows = Number(result.getRows()[0]?.[0]);
  makeDurable(temporary);
  const sha256 = await hashOf(temporary);
  const range = `${padded(staged.first)}-${padded(staged.last)}`;
  const name = `${table}-${range}-${sha256}.parquet`;
  const file = { name, bytes: statSync(temporary).size, sha256 };
  renameSync(temporary, segmentPath(lake, file));
  return { rows, file };
}

const padded = (index: number) => String(index).padStart(12, '0');

const HASHED_BYTES = 1 << 20;

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(HASHED_BYTES);
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Their paths, once each is found to be what the manifest says. Throws LakeDamaged. */
export async function checkedPaths(lake: string, files: readonly SegmentFile[]): Promise<string[]> {
  const paths: string[] = [];
  for (const file of files) {
    const path = segmentPath(lake, file);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) throw LakeDamaged.because(`segment ${file.name} is missing`);
    if (bytes !== file.bytes || (await hashOf(path)) !== file.sha256)
      throw LakeDamaged.because(`segment ${file.name} was changed: its bytes have another hash`);
    paths.push(path);
  }
  return paths;
}

/** A reader that opened the lake before a merge may still need what the merge replaced. */
const KEPT_MS = 3_600_000;

/** Removes what a kill or a merge left behind and no manifest names. Only for the lock's holder. */
export function sweep(lake: string, segments: readonly Segment[]): void {
  rmSync(stagingDirectory(lake), { recursive: true, force: true });
  mkdirSync(stagingDirectory(lake), { recursive: true });
  const directory = segmentsDirectory(lake);
  mkdirSync(directory, { recursive: true });
  const named = new Set(segments.flatMap(({ events, entries }) => [events.name, entries.name]));
  removeOld(directory, (name) => !named.has(name));
  mkdirSync(spillDirectory(lake), { recursive: true });
  removeOld(spillDirectory(lake), () => true);
}

function removeOld(directory: string, isLeftOver: (name: string) => boolean): void {
  for (const name of readdirSync(directory).filter(isLeftOver)) {
    const path = join(directory, name);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - changedAt > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
