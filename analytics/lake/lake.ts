// The columnar copy of the log: immutable Parquet segments, each named by its range of logIndex
// and its SHA-256, and a manifest that names them. Killed at any step it holds every event exactly
// once; a small last segment is written again together with what is new, so segments stay few.
import { join } from 'node:path';
import type { EventLogReader, Place } from '#event-store/port.ts';
import { START } from '#event-store/port.ts';
import { openEngine } from '../duckdb/engine.ts';
import { withLog } from '../log.ts';
import type { OnProgress, Workspace } from '../workspace.ts';
import { LakeDamaged } from './lake-errors.ts';
import { withLakeLock } from './lake-lock.ts';
import { emptyManifest, readManifest, writeManifest } from './manifest.ts';
import type { Manifest, Segment } from './manifest.ts';
import { spillDirectory, stagingDirectory, sweep, writeSegment } from './segments.ts';
import { stage } from './staging.ts';

export interface LakeSync {
  readonly logId: string;
  /** Events in the lake: it holds logIndex 0 to events - 1. */
  readonly events: number;
  /** How many of them this call added. */
  readonly added: number;
  readonly segments: number;
}

export interface SyncOptions {
  /** Bring the lake at least up to this logIndex, inclusive. Default: the log's end. */
  readonly until?: number;
  /** How long to wait for another process that writes the lake; default a minute. */
  readonly waitMs?: number;
  readonly onProgress?: OnProgress;
}

/** Events in a full segment, which is never written again. */
const SEGMENT_EVENTS = 200_000;
/** A last segment with fewer events is written again with what is new. */
const SMALL_SEGMENT_EVENTS = 20_000;

/** Brings the lake up to date with the log. Rejects with LakeDamaged or LakeBusy. */
export function syncLake(workspace: Workspace, options: SyncOptions = {}): Promise<LakeSync> {
  return withLog(workspace.log, (log) => syncLakeFrom(log, workspace.lakeDirectory, options));
}

/** The same from a log that is open already. */
export function syncLakeFrom(
  log: EventLogReader,
  directory: string,
  options: SyncOptions = {},
): Promise<LakeSync> {
  return withLakeLock(directory, options.waitMs ?? 60_000, async () => {
    const manifest = readManifest(directory) ?? emptyManifest(log.logId);
    await assertOfThisLog(log, manifest);
    const before = eventCount(manifest);
    const after = (await isUpToDate(log, manifest, options.until))
      ? manifest
      : await extended(log, directory, { manifest, options });
    const events = eventCount(after);
    return {
      logId: log.logId,
      events,
      added: events - before,
      segments: after.segments.length,
    };
  });
}

export const eventCount = ({ segments }: Manifest) => (segments.at(-1)?.last ?? -1) + 1;

/** The lake's last event must be in the log: another log's lake, or one ahead of it, is foreign. */
async function assertOfThisLog(log: EventLogReader, { logId, segments }: Manifest) {
  if (logId !== log.logId)
    throw LakeDamaged.because(`the lake is a copy of another log (${logId})`);
  const last = segments.at(-1);
  if (!last) return;
  const at = last.lastEvent.ref.lastIndexOf('@');
  const stream = last.lastEvent.ref.slice(0, at);
  const from = Number(last.lastEvent.ref.slice(at + 1));
  const [stored] = await log.readStream(stream, { from, limit: 1 });
  if (stored?.id !== last.lastEvent.id)
    throw LakeDamaged.because(
      `segment ${last.events.name} ends with an event that the log has not`,
    );
}

async function isUpToDate(log: EventLogReader, manifest: Manifest, until: number | undefined) {
  if (until !== undefined) return eventCount(manifest) > until;
  return (await log.head()) === placeOf(manifest.segments.at(-1)).position;
}

const placeOf = (segment: Segment | undefined): Place =>
  segment ? { position: BigInt(segment.position), logIndex: segment.last } : START;

interface Extension {
  readonly manifest: Manifest;
  readonly options: SyncOptions;
}

/** Stages the next range while DuckDB writes the one before; each segment is kept as it comes. */
async function extended(
  log: EventLogReader,
  directory: string,
  { manifest, options }: Extension,
): Promise<Manifest> {
  sweep(directory, manifest.segments);
  const head = await log.head();
  const staging = stagingDirectory(directory);
  const engine = await openEngine({ memoryMb: 512, spillDirectory: spillDirectory(directory) });
  let current = { ...manifest, segments: withoutSmallEnd(manifest.segments) };
  let writing: Promise<Segment> | undefined;
  let from = endOf(current.segments.at(-1));
  try {
    for (let turn = 0; ; turn += 1) {
      const file = join(staging, `${turn % 2}`);
      const staged =
        from.after.position < head
          ? await stage(log, file, { ...from, limit: SEGMENT_EVENTS })
          : undefined;
      if (writing) current = published(directory, current, await writing);
      options.onProgress?.({ stage: 'lake', done: eventCount(current), total: totalOf(options) });
      if (!staged) return current;
      from = {
        after: { position: staged.position, logIndex: staged.last },
        first: staged.last + 1,
      };
      writing = writeSegment(engine.connection, directory, staged);
      writing.catch(() => undefined);
    }
  } finally {
    await writing?.catch(() => undefined);
    engine.close();
  }
}

const totalOf = ({ until }: SyncOptions) => (until === undefined ? 0 : until + 1);

const endOf = (segment: Segment | undefined) => ({
  after: placeOf(segment),
  first: (segment?.last ?? -1) + 1,
});

/** The new segment holds the range of a small one that was dropped, so there is never a gap. */
function published(directory: string, manifest: Manifest, segment: Segment): Manifest {
  const longer = { ...manifest, segments: [...manifest.segments, segment] };
  writeManifest(directory, longer);
  return longer;
}

function withoutSmallEnd(segments: readonly Segment[]): Segment[] {
  const last = segments.at(-1);
  const isSmall = last !== undefined && last.last - last.first + 1 < SMALL_SEGMENT_EVENTS;
  return segments.slice(0, isSmall ? -1 : undefined);
}
