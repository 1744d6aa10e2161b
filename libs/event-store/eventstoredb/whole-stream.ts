// A stream is read from where it was asked to be, without a gap: nothing may be cut off it.
import { eventRef } from '#ledger/streams.ts';
import { LogCorrupt } from '../log-file-errors.ts';
import type { StreamEvent, StreamRead } from '../port.ts';

/** Throws LogCorrupt, naming the first event that is missing. */
export function assertWhole(
  log: string,
  stream: string,
  events: readonly StreamEvent[],
  read: StreamRead,
): void {
  const [first] = events;
  if (first === undefined) return;
  const isForwards = read.direction !== 'backwards';
  let next = isForwards ? (read.from ?? 0) : first.revision;
  for (const { revision } of events) {
    if (revision !== next)
      throw new LogCorrupt(
        log,
        `${eventRef(stream, next)} is missing before ${eventRef(stream, revision)}: ` +
          'it was cut off by $tb, $maxCount or $maxAge in the metadata of its stream, or deleted',
      );
    next += isForwards ? 1 : -1;
  }
}
