// The read side of read.db, for queries: plain SQL over the tables by their declared names, which
// are views of the active version. It cannot write. `snapshot` reads rows and the checkpoint they
// belong to at one place of the log.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Position } from '#event-store/port.ts';
import { storedBuilds } from './builds.ts';
import type { Row, Value } from './projection.ts';
import { stateHash } from './state-hash.ts';

/** How far the live projections have come: all events up to here, none after. */
export interface Checkpoint {
  readonly position: Position;
  /** Of the last event; -1 before the first. */
  readonly logIndex: number;
}

/** Named parameters without their prefix: `{ payeeId }` fills `:payeeId`. */
export type Parameters = Readonly<Record<string, Value>>;

interface LiveProjection {
  readonly projection: string;
  readonly version: number;
  readonly tables: readonly string[];
}

export interface ReadModel {
  all<R extends Row>(sql: string, parameters?: Parameters): readonly R[];
  get<R extends Row>(sql: string, parameters?: Parameters): R | undefined;
  /** Of the live projections. */
  checkpoint(): Checkpoint;
  /** Whether the rows hold an event of the stream; only where the store numbers no events. */
  hasSeen(stream: string): boolean;
  projections(): readonly LiveProjection[];
  /** SHA-256 over all rows of a live projection; see `state-hash.ts`. */
  stateHash(projection: string): string;
  /** Runs the queries in `read` on one state of the tables. Synchronous. */
  snapshot<T>(read: () => T): T;
  close(): void;
}

const SEEN_SQL = 'SELECT 1 FROM stream_revisions WHERE stream = :stream';
const CHECKPOINT_SQL = "SELECT position, logIndex FROM checkpoints WHERE feed = 'live'";

/** Opens read.db for queries; the follower must have created it. */
export function openReadModel(file: string): ReadModel {
  return readModelOn(new DatabaseSync(file, { readOnly: true, timeout: 5_000 }));
}

/** Queries on a connection that is open already; `close` closes it. */
export function readModelOn(database: DatabaseSync): ReadModel {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = prepared.get(sql);
    if (statement === undefined) prepared.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const all = <R extends Row>(sql: string, parameters: Parameters = {}) =>
    prepare(sql).all({ ...parameters }) as R[];
  const get = <R extends Row>(sql: string, parameters: Parameters = {}) =>
    prepare(sql).get({ ...parameters }) as R | undefined;
  return {
    all,
    get,
    checkpoint() {
      const row = get<{ position: string; logIndex: number }>(CHECKPOINT_SQL);
      return row === undefined
        ? { position: -1n, logIndex: -1 }
        : { position: BigInt(row.position), logIndex: row.logIndex };
    },
    hasSeen: (stream) => get(SEEN_SQL, { stream }) !== undefined,
    projections: () => storedBuilds(database).filter(({ state }) => state === 'live'),
    stateHash(projection) {
      const live = storedBuilds(database).find(
        (build) => build.state === 'live' && build.projection === projection,
      );
      if (live === undefined) throw new Error(`projection ${projection} is not live`);
      return stateHash(database, live);
    },
    snapshot<T>(read: () => T): T {
      database.exec('BEGIN');
      try {
        return read();
      } finally {
        database.exec('COMMIT');
      }
    },
    close: () => database.close(),
  };
}
