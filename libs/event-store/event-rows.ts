// Reads rows of a log's file back as events, exactly as they were appended. Synchronous, and of one
// connection; `sqlite-reader.ts` makes the port's reader of it.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventFact, EventText, RecordedEvent, StreamEvent } from './port.ts';
import { type Envelope, type Packed, unpackEnvelope } from './packed-event.ts';

const COLUMNS =
  's.name, e.revision, e.position, e.type, e.actor, e.recorded_at, e.ids, ' +
  'e.idempotency_key, e.request_hash, e.data';

const FACT_COLUMNS = 's.name, e.revision, e.position, e.type, e.data';

/** CROSS JOIN: the events are walked in their order, each looks its stream up. */
const FROM = 'FROM events e CROSS JOIN streams s ON s.id = e.stream';

type Row = readonly [
  stream: string,
  revision: number,
  position: number,
  type: number,
  actor: number,
  recordedAt: Packed,
  ids: Packed,
  idempotencyKey: Packed,
  requestHash: Packed,
  data: string,
];

type FactRow = readonly [
  stream: string,
  revision: number,
  position: number,
  type: number,
  data: string,
];

export class EventRows {
  readonly #database: DatabaseSync;
  readonly #streamId: StatementSync;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #log: StatementSync;
  readonly #facts: StatementSync;
  readonly #lastPosition: StatementSync;
  readonly #types: Names;
  readonly #actors: Names;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#streamId = rowsOf(database, 'SELECT id FROM streams WHERE name = ?');
    const ofStream = `SELECT ${COLUMNS} ${FROM} WHERE e.stream = ? AND e.revision`;
    this.#forwards = rowsOf(database, `${ofStream} >= ? ORDER BY e.revision LIMIT ?`);
    this.#backwards = rowsOf(database, `${ofStream} <= ? ORDER BY e.revision DESC LIMIT ?`);
    this.#log = this.#logOf(COLUMNS);
    this.#facts = this.#logOf(FACT_COLUMNS);
    this.#lastPosition = rowsOf(database, 'SELECT max(position) FROM events');
    this.#types = new Names(rowsOf(database, 'SELECT name FROM types WHERE id = ?'));
    this.#actors = new Names(rowsOf(database, 'SELECT name FROM actors WHERE id = ?'));
  }

  logId(): string {
    return String(this.#database.prepare('SELECT log_id FROM log').get()?.['log_id']);
  }

  /** -1 when there is none. */
  lastPosition(): number {
    const [position] = this.#lastPosition.get() as unknown as [number | null];
    return position ?? -1;
  }

  streamId(stream: string): number | undefined {
    return (this.#streamId.get(stream) as unknown as [number] | undefined)?.[0];
  }

  ofStream(
    stream: string,
    range: { from: number; limit: number; backwards: boolean },
  ): readonly StreamEvent[] {
    const id = this.streamId(stream);
    if (id === undefined) return [];
    const statement = range.backwards ? this.#backwards : this.#forwards;
    return page(statement.iterate(id, range.from, range.limit), (row) => this.#streamEvent(row));
  }

  ofLog(after: number, limit: number): readonly RecordedEvent[] {
    return page(this.#log.iterate(after, limit), (row) => this.#event(row));
  }

  /** Some rows at once are cheaper than one by one, and all of a page may be too large. */
  factsOfLog(after: number, limit: number): readonly EventFact[] {
    const facts: EventFact[] = [];
    let size = 0;
    while (facts.length < limit && size < MAX_PAGE_SIZE) {
      const asked = Math.min(limit - facts.length, FACTS_AT_ONCE);
      const last = facts.at(-1)?.logIndex ?? after;
      const rows = this.#facts.all(last, asked) as unknown as readonly FactRow[];
      for (const row of rows) {
        facts.push(this.#fact(row));
        size += row[4].length;
      }
      if (rows.length < asked) break;
    }
    return facts;
  }

  textsOfLog(after: number, limit: number, types?: readonly string[]): readonly EventText[] {
    const statement =
      types === undefined ? this.#log : this.#logOf(COLUMNS, typeFilter(types.length));
    const rows = statement.iterate(after, ...(types ?? []), limit);
    return page(rows, (row) => this.#text(row));
  }

  /** In hexadecimal, of the events that `textsOfLog` gives for the same range. */
  chainsOfLog(after: number, limit: number): readonly string[] {
    const sql = 'SELECT hex(chain) FROM events WHERE position > ? ORDER BY position LIMIT ?';
    const rows = rowsOf(this.#database, sql).all(after, limit) as unknown as readonly [string][];
    return rows.map(([chain]) => chain.toLowerCase());
  }

  #logOf(columns: string, filter = ''): StatementSync {
    const range = `WHERE e.position > ? ${filter} ORDER BY e.position LIMIT ?`;
    return rowsOf(this.#database, `SELECT ${columns} ${FROM} ${range}`);
  }

  // One literal each, so that events of one kind have one shape.
  #streamEvent(row: Row): StreamEvent {
    const { id, metadata } = this.#envelope(row);
    return {
      stream: row[0],
      revision: row[1],
      position: BigInt(row[2]),
      id,
      type: this.#types.get(row[3]),
      data: JSON.parse(row[9]) as object,
      metadata,
    };
  }

  #event(row: Row): RecordedEvent {
    const { id, metadata } = this.#envelope(row);
    return {
      stream: row[0],
      revision: row[1],
      position: BigInt(row[2]),
      logIndex: row[2],
      id,
      type: this.#types.get(row[3]),
      data: JSON.parse(row[9]) as object,
      metadata,
    };
  }

  #fact(row: FactRow): EventFact {
    return {
      stream: row[0],
      revision: row[1],
      position: BigInt(row[2]),
      logIndex: row[2],
      type: this.#types.get(row[3]),
      data: JSON.parse(row[4]) as object,
    };
  }

  #text(row: Row): EventText {
    const { id, metadata } = this.#envelope(row);
    return {
      stream: row[0],
      revision: row[1],
      position: BigInt(row[2]),
      logIndex: row[2],
      id,
      type: this.#types.get(row[3]),
      data: row[9],
      metadata,
    };
  }

  #envelope(row: Row): Envelope {
    return unpackEnvelope(this.#actors.get(row[4]), {
      recordedAt: row[5],
      ids: row[6],
      idempotencyKey: row[7],
      requestHash: row[8],
    });
  }
}

/** Ends early, but not before its first event, when the events are large. */
function page<E>(rows: Iterable<unknown>, read: (row: Row) => E): readonly E[] {
  const events: E[] = [];
  let size = 0;
  for (const row of rows as Iterable<Row>) {
    events.push(read(row));
    size += row[9].length;
    if (size >= MAX_PAGE_SIZE) break;
  }
  return events;
}

function typeFilter(count: number): string {
  const names = Array.from({ length: count }, () => '?').join(', ');
  return `AND e.type IN (SELECT id FROM types WHERE name IN (${names}))`;
}

function rowsOf(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

/** Names by their numbers, as far as lately used. */
class Names {
  readonly #statement: StatementSync;
  readonly #known = new Map<number, string>();

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  get(id: number): string {
    return this.#known.get(id) ?? this.#look(id);
  }

  #look(id: number): string {
    const row = this.#statement.get(id) as unknown as [string] | undefined;
    if (row === undefined) throw new RangeError(`no name is stored under ${id}`);
    if (this.#known.size >= MAX_NAMES) this.#known.clear();
    this.#known.set(id, row[0]);
    return row[0];
  }
}

const MAX_NAMES = 10_000;

/** Of a page's data, in characters of JSON. */
const MAX_PAGE_SIZE = 4 * 1024 * 1024;

/** Of the largest events that an append allows, about 60 MB. */
const FACTS_AT_ONCE = 64;
