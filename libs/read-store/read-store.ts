// read.db as its one writer sees it: which builds are fed, live or by a rebuild, and the switch
// from one to the other. Opening reconciles the file with the projections of this program; rows of
// another log, and files that are something else, are refused and left as they were.
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { NO_POSITION } from '#event-store/port.ts';
import { LogChangedBehindRows, ReadStoreForeign, ReadStoreUnreadable } from './alarms.ts';
import {
  createBuild,
  dropRetired,
  openBuild,
  replaceViews,
  setBuildState,
  storedBuilds,
  type Build,
} from './builds.ts';
import { Feed, type FeedName } from './feed.ts';
import type { Projection } from './projection.ts';
import { type Checkpoint, readModelOn, type ReadModel } from './read-model.ts';
import { StreamRevisions } from './stream-revisions.ts';

const FORMAT = 1;
const SCHEMA = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

export interface ReadStoreOptions {
  /** Or ':memory:'. */
  readonly file: string;
  readonly logId: string;
  /** Of several versions of one name the highest is wanted; older ones are fed until it is live. */
  readonly projections: readonly Projection[];
  /** For a log whose store does not number its events: each stream's must be contiguous. */
  readonly checksRevisions?: boolean;
}

export class ReadStore {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #projections: readonly Projection[];
  readonly #checksRevisions: boolean;
  #live: Feed | undefined;
  #rebuild: Feed | undefined;

  constructor({ file, logId, projections, checksRevisions = false }: ReadStoreOptions) {
    assertDistinctTables(projections);
    this.file = file;
    this.#projections = projections;
    this.#checksRevisions = checksRevisions;
    this.#database = openDatabase(file, logId);
    this.#transaction(() => this.#reconcile());
    this.#openFeeds();
  }

  /** What queries see; undefined until every wanted projection was built for the first time. */
  get live(): Feed | undefined {
    return this.#live;
  }

  get rebuild(): Feed | undefined {
    return this.#rebuild;
  }

  /** Queries on the writer's own connection: for `:memory:`, where no other can be opened. */
  readModel(): ReadModel {
    return readModelOn(this.#database);
  }

  /** Begins to build these projections anew, from the first event, beside the live ones. */
  startRebuild(names: readonly string[]): void {
    if (this.#rebuild !== undefined) throw new Error('a rebuild is running already');
    this.#transaction(() => this.#createRebuild(names));
    this.#openFeeds();
  }

  /** Once, when a rebuild has filled its tables; each is made in a moment of its own. */
  indexesToCreate(): readonly (() => void)[] {
    return (this.#rebuild?.builds ?? [])
      .flatMap((build) => build.sql.flatMap((table) => table.createIndexes))
      .map((sql) => () => this.#database.exec(sql));
  }

  /** Makes the rebuilt tables the live ones, for feeds and queries alike, in one transaction. */
  switchToRebuilt(): void {
    const rebuild = this.#rebuild;
    if (rebuild === undefined) throw new Error('there is no rebuild to switch to');
    const live = this.#live;
    if (live !== undefined) assertSamePlace(live.checkpoint, rebuild.checkpoint);
    this.#transaction(() => {
      const rebuilt = new Set(rebuild.builds.map((build) => build.projection.name));
      for (const build of live?.builds ?? [])
        if (rebuilt.has(build.projection.name))
          setBuildState(this.#database, build.build, 'retired');
      for (const build of rebuild.builds) setBuildState(this.#database, build.build, 'live');
      if (live === undefined)
        this.#database.exec("UPDATE checkpoints SET feed = 'live' WHERE feed = 'rebuild'");
      else this.#database.exec("DELETE FROM checkpoints WHERE feed = 'rebuild'");
      replaceViews(this.#database);
    });
    this.#openFeeds();
  }

  /** The live tables stay what they are. */
  abandonRebuild(): void {
    this.#transaction(() => {
      this.#database.exec("UPDATE builds SET state = 'retired' WHERE state = 'rebuild'");
      this.#database.exec("DELETE FROM checkpoints WHERE feed = 'rebuild'");
      replaceViews(this.#database);
    });
    this.#openFeeds();
  }

  /** All tables as they are now. In memory there is no second connection: it is not frozen. */
  openSnapshot(): { database: DatabaseSync; isFrozen: boolean; close: () => void } {
    if (this.file === ':memory:')
      return { database: this.#database, isFrozen: false, close: () => {} };
    const database = new DatabaseSync(this.file, { readOnly: true });
    database.exec('BEGIN; SELECT logId FROM read_store');
    return { database, isFrozen: true, close: () => database.close() };
  }

  /** Drops one table that a switch left behind; false when there is none. */
  dropRetired(): boolean {
    return dropRetired(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  #reconcile(): void {
    const listed = (name: string, version: number) =>
      this.#projections.some((one) => one.name === name && one.version === version);
    for (const { build, projection, version, state } of storedBuilds(this.#database))
      if (state !== 'retired' && !listed(projection, version))
        setBuildState(this.#database, build, 'retired');
    this.#database.exec('DELETE FROM checkpoints WHERE feed NOT IN (SELECT state FROM builds)');
    const names = (state: string) =>
      new Set(
        storedBuilds(this.#database)
          .filter((stored) => stored.state === state && this.#isWanted(stored))
          .map((stored) => stored.projection),
      );
    const live = names('live');
    const rebuilding = names('rebuild');
    const missing = wanted(this.#projections)
      .map((projection) => projection.name)
      .filter((name) => !live.has(name));
    if (missing.some((name) => !rebuilding.has(name)))
      this.#createRebuild([...new Set([...missing, ...rebuilding])]);
    else replaceViews(this.#database);
  }

  #isWanted(stored: { projection: string; version: number }): boolean {
    return wanted(this.#projections).some(
      (one) => one.name === stored.projection && one.version === stored.version,
    );
  }

  #createRebuild(names: readonly string[]): void {
    const database = this.#database;
    database.exec("UPDATE builds SET state = 'retired' WHERE state = 'rebuild'");
    database
      .prepare("INSERT OR REPLACE INTO checkpoints VALUES ('rebuild', ?, -1)")
      .run(String(NO_POSITION));
    if (!storedBuilds(database).some(({ state }) => state === 'live'))
      database.exec('DELETE FROM stream_revisions');
    for (const name of names) {
      const projection = wanted(this.#projections).find((one) => one.name === name);
      if (projection === undefined) throw new Error(`there is no projection ${name}`);
      createBuild(database, projection);
    }
    replaceViews(database);
  }

  #openFeeds(): void {
    this.#live = this.#openFeed('live', this.#live, true);
    this.#rebuild = this.#openFeed('rebuild', undefined, this.#live === undefined);
  }

  #openFeed(state: FeedName, before: Feed | undefined, isLeading: boolean): Feed | undefined {
    const known = [...(before?.builds ?? []), ...(this.#rebuild?.builds ?? [])];
    const builds = storedBuilds(this.#database)
      .filter((stored) => stored.state === state)
      .map((stored): Build => {
        const open = known.find((build) => build.build === stored.build);
        if (open !== undefined) return open;
        const projection = this.#projections.find(
          (one) => one.name === stored.projection && one.version === stored.version,
        );
        return openBuild(this.#database, projection!, stored.build);
      });
    if (builds.length === 0) return undefined;
    const revisions =
      this.#checksRevisions && isLeading ? new StreamRevisions(this.#database) : undefined;
    return new Feed(this.#database, state, builds, revisions);
  }

  #transaction(change: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Events lost behind the live rows would leave the rebuilt ones further on, with fewer. */
function assertSamePlace(live: Checkpoint, rebuilt: Checkpoint): void {
  if (live.logIndex !== rebuilt.logIndex)
    throw new Error('the rebuilt tables are not where the live ones are');
  if (live.position !== rebuilt.position) throw new LogChangedBehindRows(live.logIndex);
}

/** The highest version of each name. */
function wanted(projections: readonly Projection[]): readonly Projection[] {
  return projections.filter(({ name, version }) =>
    projections.every((other) => other.name !== name || other.version <= version),
  );
}

function assertDistinctTables(projections: readonly Projection[]): void {
  const owners = new Map<string, string>();
  for (const { name, tables } of projections)
    for (const table of tables) {
      const owner = owners.get(table.name) ?? name;
      if (owner !== name) throw new Error(`table ${table.name} belongs to ${owner} and ${name}`);
      owners.set(table.name, name);
    }
}

function openDatabase(file: string, logId: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    assertOwnFile(database, file, logId);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768; ' +
        'PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 16384',
    );
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    database
      .prepare('INSERT INTO read_store SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM read_store)')
      .run(FORMAT, logId);
    return database;
  } catch (error) {
    database.close();
    const { errcode } = error as { errcode?: number };
    const code = (errcode ?? 0) & 0xff;
    if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT)
      throw new ReadStoreUnreadable(file, error);
    throw error;
  }
}

/** Looks before anything is written. */
function assertOwnFile(database: DatabaseSync, file: string, logId: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length === 0) return;
  if (!tables.some((table) => table['name'] === 'read_store'))
    throw new ReadStoreUnreadable(file, 'it holds other tables');
  const head = database.prepare('SELECT format, logId FROM read_store').get();
  if (head === undefined) return;
  if (head['format'] !== FORMAT)
    throw new ReadStoreUnreadable(file, `it has format ${String(head['format'])}`);
  if (head['logId'] !== logId) throw new ReadStoreForeign(file, String(head['logId']), logId);
}
