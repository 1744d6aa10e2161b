// The lake's manifest: whose log it copies and which segments hold it, without a gap. It is
// replaced whole (temporary file, fsync, rename), so that a kill leaves either the old or the new
// one.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeDurable } from '#event-store/durable-file.ts';
import { EventRef, Sha256 } from '#ledger/values.ts';
import { LakeDamaged } from './lake-errors.ts';

const SegmentFile = z.strictObject({
  /** In `segments/`; holds its own range and hash. */
  name: z.string().regex(/^(events|entries)-\d{12}-\d{12}-[0-9a-f]{64}\.parquet$/),
  bytes: z.int().min(0),
  sha256: Sha256,
});
export type SegmentFile = z.infer<typeof SegmentFile>;

const Segment = z.strictObject({
  /** logIndex of its first and last event. */
  first: z.int().min(0),
  last: z.int().min(0),
  /** Of the last event: where to read on, and by which the log is recognised. */
  position: z.string().regex(/^\d+$/),
  lastEvent: z.strictObject({ ref: EventRef, id: z.uuid() }),
  events: SegmentFile,
  entries: SegmentFile,
});
export type Segment = z.infer<typeof Segment>;

const Manifest = z
  .strictObject({
    format: z.literal('promo-ledger lake 1'),
    logId: z.string().min(1),
    segments: z.array(Segment),
  })
  .refine(({ segments }) => segments.every(isNext), { message: 'its segments leave a gap' });
export type Manifest = z.infer<typeof Manifest>;

function isNext(segment: Segment, index: number, all: readonly Segment[]): boolean {
  const expected = index === 0 ? 0 : all[index - 1]!.last + 1;
  return segment.first === expected && segment.last >= segment.first;
}

export const manifestFile = (directory: string) => join(directory, 'manifest.json');

export function emptyManifest(logId: string): Manifest {
  return { format: 'promo-ledger lake 1', logId, segments: [] };
}

/** Undefined when there is no lake yet. Throws LakeDamaged when it is not a manifest. */
export function readManifest(directory: string): Manifest | undefined {
  const file = manifestFile(directory);
  const text = textOf(file);
  if (text === undefined) return undefined;
  const parsed = Manifest.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw LakeDamaged.because(
    `${file} is not a lake's manifest: ${issue?.path.join('.')} ${issue?.message}`,
  );
}

export function writeManifest(directory: string, manifest: Manifest): void {
  const file = manifestFile(directory);
  const temporary = `${file}.new`;
  writeFileSync(temporary, `${JSON.stringify(manifest, null, 1)}\n`);
  makeDurable(temporary);
  renameSync(temporary, file);
  makeDurable(dirname(file));
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
