// Which Parquet files hold a range of the log, each with its hash checked before it is read.
import { eventCount } from './lake.ts';
import { LakeDamaged } from './lake-errors.ts';
import { readManifest } from './manifest.ts';
import { checkedPaths } from './segments.ts';

export interface LakeFiles {
  readonly eventFiles: readonly string[];
  readonly entryFiles: readonly string[];
}

export interface LakeRange {
  /** Only events after this logIndex, -1 for all. */
  readonly after: number;
  /** Up to this logIndex, inclusive; default all that the lake holds. */
  readonly until?: number;
}

/** Never empty. Throws LakeDamaged when a segment is missing or changed, or the range is. */
export async function lakeFiles(lake: string, { after, until }: LakeRange): Promise<LakeFiles> {
  const manifest = readManifest(lake);
  if (!manifest) throw LakeDamaged.because(`there is no lake in ${lake}`);
  const events = eventCount(manifest);
  const last = until ?? events - 1;
  const segments = manifest.segments.filter(
    (segment) => segment.last > after && segment.first <= last,
  );
  if (last >= events || segments.length === 0)
    throw LakeDamaged.because(`the lake holds ${events} events, not up to ${last}`);
  return {
    eventFiles: await checkedPaths(
      lake,
      segments.map((segment) => segment.events),
    ),
    entryFiles: await checkedPaths(
      lake,
      segments.map((segment) => segment.entries),
    ),
  };
}
