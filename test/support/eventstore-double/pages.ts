// The log or one of its streams in pages: each is read when it is asked for, so that a reader that
// takes its time sees what was written meanwhile.
import type { StoredEvent } from './record.ts';
import type { Direction, Streams } from './streams.ts';

/** `$all` or a stream. */
export type Source = { readonly of: 'all' } | { readonly of: 'stream'; readonly stream: string };

/** Why there is no page any more. */
export type End = 'end' | 'not_found' | 'deleted';

export interface Reading {
  readonly source: Source;
  /**
   * A revision, inclusive; a position, inclusive forwards and exclusive backwards; Infinity for the
   * end.
   */
  readonly from: number;
  readonly direction: Direction;
}

const PAGE_EVENTS = 256;

export function* pages(
  streams: Streams,
  { source, from, direction }: Reading,
  limit = PAGE_EVENTS,
): Generator<readonly StoredEvent[], End> {
  const step = direction === 'forwards' ? 1 : -1;
  let next = Math.min(from, Number.MAX_SAFE_INTEGER);
  for (;;) {
    const page =
      source.of === 'all'
        ? streams.readAll({ from: next, direction, limit })
        : streams.read({ stream: source.stream, from: next, direction, limit });
    if (page === 'not_found' || page === 'deleted') return page;
    const last = page.at(-1);
    if (!last) return 'end';
    yield page;
    if (source.of === 'stream') next = last.revision + step;
    else next = direction === 'forwards' ? last.position + 1 : last.position;
    if (next < 0) return 'end';
  }
}
