// Whether a write may be stored: an EventStoreDB's rules for expected revisions and repeats.
// Only ids are compared, never data.
import type { Streams } from './streams.ts';

/** A revision, or what the stream is expected to be. */
export type Expected = number | 'no_stream' | 'any' | 'stream_exists';

export type Decision =
  | { readonly kind: 'accepted'; readonly current: number; readonly isSoftDeleted: boolean }
  | { readonly kind: 'repeat'; readonly revision: number; readonly position: number }
  /** The same ids are in a write that is not acknowledged yet: the server drops this one. */
  | { readonly kind: 'not_ready' }
  | {
      readonly kind: 'refused';
      readonly why: 'wrong_expected_version' | 'stream_deleted';
      /** The stream's last revision, -1 when it has none. */
      readonly current: number;
    };

export interface Asked {
  readonly stream: string;
  readonly expected: Expected;
  readonly ids: readonly string[];
}

export interface Known {
  readonly streams: Streams;
  readonly recent: RecentIds;
  /** Events from here on are written but not committed. */
  readonly committedEnd: number;
}

interface Home {
  readonly stream: string;
  readonly revision: number;
}

/** Ids of events written lately. A restart forgets them, and so does the real server. */
export class RecentIds {
  static readonly #LIMIT = 100_000;
  readonly #homes = new Map<string, Home>();

  add(id: string, home: Home): void {
    this.#homes.set(id, home);
    if (this.#homes.size > RecentIds.#LIMIT) this.#homes.delete(this.#homes.keys().next().value!);
  }

  homeOf(id: string): Home | undefined {
    return this.#homes.get(id);
  }
}

export function decide(asked: Asked, known: Known): Decision {
  const { stream, expected } = asked;
  const { streams } = known;
  const current = streams.lastRevision(stream);
  const refused = (why: 'wrong_expected_version' | 'stream_deleted'): Decision => {
    return { kind: 'refused', why, current };
  };
  if (streams.isTombstoned(stream)) return refused('stream_deleted');
  const isSoftDeleted = streams.isSoftDeleted(stream);
  const accepted: Decision = { kind: 'accepted', current, isSoftDeleted };
  if (expected === 'stream_exists' && isSoftDeleted) return refused('stream_deleted');
  if (expected === 'stream_exists' && current < 0 && streams.lastRevision(`$$${stream}`) < 0)
    return refused('wrong_expected_version');
  if (expected === 'any' || expected === 'stream_exists') {
    const repeated = repeatAnywhere(asked, known);
    return repeated === 'new' ? accepted : (repeated ?? refused('wrong_expected_version'));
  }
  const after = expected === 'no_stream' ? -1 : expected;
  if (after === current) return accepted;
  if (after > current) return refused('wrong_expected_version');
  const repeated = repeatAfter(after, asked, known);
  if (repeated !== 'new') return repeated ?? refused('wrong_expected_version');
  return expected === 'no_stream' && isSoftDeleted ? accepted : refused('wrong_expected_version');
}

/** Undefined when some of the ids are stored and others are not. */
type Repeated = Decision | 'new' | undefined;

function repeatAnywhere({ stream, ids }: Asked, known: Known): Repeated {
  let end = -1;
  for (const [i, id] of ids.entries()) {
    const home = known.recent.homeOf(id);
    if (home?.stream !== stream) return i === 0 ? 'new' : undefined;
    end = home.revision;
  }
  return ids.length === 0 ? 'new' : repeat(stream, end, known);
}

function repeatAfter(after: number, { stream, ids }: Asked, known: Known): Repeated {
  for (const [i, id] of ids.entries())
    if (known.streams.eventAt(stream, after + 1 + i)?.id !== id) return i === 0 ? 'new' : undefined;
  return ids.length === 0 ? 'new' : repeat(stream, after + ids.length, known);
}

function repeat(stream: string, revision: number, { streams, committedEnd }: Known): Decision {
  const { position } = streams.eventAt(stream, revision)!;
  return position < committedEnd ? { kind: 'repeat', revision, position } : { kind: 'not_ready' };
}
