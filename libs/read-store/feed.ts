// One feed: the builds that share a checkpoint. Events are evolved in memory, then rows and
// checkpoint are committed together. Nothing is skipped: what is not the next event, or is of an
// unknown type, raises an alarm after everything before it has been committed.
import type { DatabaseSync } from 'node:sqlite';
import type { EventFact } from '#event-store/port.ts';
import { EVENT_TYPES, type RecordedLedgerEvent } from '#ledger/events.ts';
import { eventRef } from '#ledger/streams.ts';
import {
  type Alarm,
  EvolveFailed,
  LogNotContiguous,
  StreamNotContiguous,
  UnknownEventType,
} from './alarms.ts';
import type { Build } from './builds.ts';
import type { Checkpoint } from './read-model.ts';
import type { StreamRevisions } from './stream-revisions.ts';

export type FeedName = 'live' | 'rebuild';

export class Feed {
  readonly builds: readonly Build[];
  readonly #database: DatabaseSync;
  readonly #name: FeedName;
  readonly #revisions: StreamRevisions | undefined;
  readonly #handlers = new Map<string, Build[]>();
  #checkpoint: Checkpoint;
  #gathered: Checkpoint;

  constructor(
    database: DatabaseSync,
    name: FeedName,
    builds: readonly Build[],
    revisions?: StreamRevisions,
  ) {
    this.#database = database;
    this.#name = name;
    this.#revisions = revisions;
    this.builds = builds;
    for (const build of builds)
      for (const type of build.projection.handles) {
        const handlers = this.#handlers.get(type);
        if (handlers === undefined) this.#handlers.set(type, [build]);
        else handlers.push(build);
      }
    this.#checkpoint = storedCheckpoint(database, name);
    this.#gathered = this.#checkpoint;
  }

  /** Of what is committed. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Of what has been taken in, committed or not. */
  get gathered(): Checkpoint {
    return this.#gathered;
  }

  /** Events in log order, the first of them the one after the last that was taken in. */
  apply(events: readonly EventFact[]): void {
    this.gather(events);
    this.commit();
  }

  /** Evolves without committing: a rebuild spends one commit on several pages. */
  gather(events: readonly EventFact[]): void {
    const { applicable, alarm } = this.#judge(events);
    try {
      for (const event of applicable) this.#evolve(event as EventFact & RecordedLedgerEvent);
    } catch (error) {
      this.#forget();
      throw error;
    }
    const last = applicable.at(-1);
    if (last !== undefined) this.#gathered = { position: last.position, logIndex: last.logIndex };
    if (alarm === undefined) return;
    this.commit();
    throw alarm;
  }

  /** Rows and checkpoint in one transaction; when it fails, nothing that was gathered stands. */
  commit(): void {
    if (this.#gathered.logIndex === this.#checkpoint.logIndex) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const build of this.builds) for (const rows of build.cached.values()) rows.flush();
      this.#revisions?.flush();
      this.#moveCheckpoint();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#forget();
      throw error;
    }
    this.#revisions?.committed();
    this.#checkpoint = this.#gathered;
  }

  #judge(events: readonly EventFact[]): {
    applicable: readonly EventFact[];
    alarm?: Alarm;
  } {
    const first = this.#gathered.logIndex + 1;
    const place = events.findIndex(
      ({ logIndex, type }, at) => logIndex !== first + at || !EVENT_TYPES.has(type),
    );
    const known = place < 0 ? events : events.slice(0, place);
    const gap = this.#revisions?.gather(known) ?? -1;
    if (gap >= 0) return { applicable: known.slice(0, gap), alarm: this.#gapAt(known[gap]!) };
    const bad = events[place];
    if (bad === undefined) return { applicable: events };
    const name = eventRef(bad.stream, bad.revision);
    const alarm =
      bad.logIndex === first + place
        ? new UnknownEventType(bad.type, name)
        : new LogNotContiguous(first + place, bad.logIndex, name);
    return { applicable: known, alarm };
  }

  #gapAt({ stream, revision }: EventFact): Alarm {
    const next = this.#revisions!.lastOf(stream) + 1;
    return new StreamNotContiguous(eventRef(stream, next), eventRef(stream, revision));
  }

  #forget(): void {
    this.#gathered = this.#checkpoint;
    this.#revisions?.forget();
    for (const build of this.builds) for (const rows of build.cached.values()) rows.forget();
  }

  #evolve(event: RecordedLedgerEvent): void {
    for (const build of this.#handlers.get(event.type) ?? []) {
      try {
        build.projection.evolve(event, build.rows);
      } catch (error) {
        const name = eventRef(event.stream, event.revision);
        throw new EvolveFailed(build.projection.name, name, error);
      }
    }
  }

  /** Only from where this feed left it: a second follower of the same file shows here. */
  #moveCheckpoint(): void {
    const from = this.#checkpoint.logIndex;
    const { position, logIndex } = this.#gathered;
    const { changes } = this.#database
      .prepare('UPDATE checkpoints SET position = ?, logIndex = ? WHERE feed = ? AND logIndex = ?')
      .run(String(position), logIndex, this.#name, from);
    if (changes !== 1) throw new Error(`the checkpoint is not at ${from} any more: who moved it?`);
  }
}

function storedCheckpoint(database: DatabaseSync, feed: FeedName): Checkpoint {
  const row = database
    .prepare('SELECT position, logIndex FROM checkpoints WHERE feed = ?')
    .get(feed) as { position: string; logIndex: number } | undefined;
  if (row === undefined) throw new Error(`there is no checkpoint of the ${feed} feed`);
  return { position: BigInt(row.position), logIndex: row.logIndex };
}
