// Writes events into a log's file, inside a transaction that the store opens and ends. What it
// remembers between transactions (each stream's end, the log's end) is forgotten after a rollback.
// Refuses to begin when the log's end is not what was appended.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { canonicalEvent, canonicalText, chainNext, chainStart } from './canonical-event.ts';
import { eventRef } from '#ledger/streams.ts';
import type { EventRows } from './event-rows.ts';
import { packEnvelope } from './packed-event.ts';
import {
  type Appended,
  type CanonicalParts,
  type ExpectedRevision,
  type NewEvent,
  WrongExpectedRevision,
} from './port.ts';

/** Streams whose ends are remembered, until there are too many. */
const MAX_ENDS = 50_000;
const MAX_NAMES = 10_000;

/** At the end of a log that is opened. */
const CHECKED_EVENTS = 20;

export interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  /** Of each event. */
  readonly canonical: readonly CanonicalParts[];
}

interface StreamEnd {
  readonly id: number;
  revision: number;
}

interface LogEnd {
  position: number;
  chain: string;
}

export class EventWriter {
  readonly #rows: EventRows;
  readonly #logId: string;
  readonly #insertEvent: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #lastRevision: StatementSync;
  readonly #types: NameNumbers;
  readonly #actors: NameNumbers;
  readonly #streamEnds = new Map<string, StreamEnd>();
  #logEnd: LogEnd | undefined;

  constructor(database: DatabaseSync, rows: EventRows, logId: string) {
    this.#rows = rows;
    this.#logId = logId;
    this.#insertEvent = database.prepare(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertStream = database.prepare('INSERT OR IGNORE INTO streams (name) VALUES (?)');
    this.#lastRevision = database.prepare(
      'SELECT max(revision) AS revision FROM events WHERE stream = ?',
    );
    this.#types = new NameNumbers(database, 'types');
    this.#actors = new NameNumbers(database, 'actors');
    this.#endOfLog();
  }

  /** Everything is checked before anything is written. */
  append(append: Append): Appended | WrongExpectedRevision {
    const { stream, expected, events } = append;
    const end = expected === 'no_stream' ? this.#begun(stream) : this.#endOf(stream);
    const actual = end === undefined ? 'no_stream' : end.revision;
    if (end === undefined || expected !== (end.revision < 0 ? 'no_stream' : end.revision))
      return this.#storedBefore(append) ?? new WrongExpectedRevision(stream, expected, actual);
    const first = end.revision + 1;
    for (let i = 0; i < events.length; i += 1) this.#insert(append, i, end);
    return { revision: first, position: BigInt(this.#endOfLog().position) };
  }

  /** After a rollback: the file is what it was, whatever was remembered since. */
  forget(): void {
    this.#streamEnds.clear();
    this.#logEnd = undefined;
    this.#types.forget();
    this.#actors.forget();
  }

  /** The same ids at the same revisions: the first answer is given again. */
  #storedBefore({ stream, expected, events }: Append): Appended | undefined {
    const from = expected === 'no_stream' ? 0 : expected + 1;
    const found = this.#rows.ofStream(stream, { from, limit: events.length, backwards: false });
    const isSame = found.length === events.length && found.every((e, i) => e.id === events[i]!.id);
    return isSame ? { revision: from, position: found.at(-1)!.position } : undefined;
  }

  #insert({ stream, events, canonical }: Append, index: number, at: StreamEnd): void {
    const { id, type, metadata } = events[index]!;
    const parts = canonical[index]!;
    const end = this.#endOfLog();
    const revision = at.revision + 1;
    const chain = chainNext(end.chain, canonicalEvent({ stream, revision }, { id, type }, parts));
    const packed = packEnvelope({ id, metadata });
    this.#insertEvent.run(
      end.position + 1,
      at.id,
      revision,
      this.#types.numberOf(type),
      this.#actors.numberOf(metadata.actor),
      packed.recordedAt,
      packed.ids,
      packed.idempotencyKey,
      packed.requestHash,
      parts.data,
      Buffer.from(chain, 'hex'),
    );
    at.revision = revision;
    end.position += 1;
    end.chain = chain;
  }

  #endOf(stream: string): StreamEnd | undefined {
    const known = this.#streamEnds.get(stream);
    if (known !== undefined) return known;
    const id = this.#rows.streamId(stream);
    if (id === undefined) return undefined;
    const revision = Number(this.#lastRevision.get(id)?.['revision']);
    return this.#remember(stream, { id, revision });
  }

  /** Its end, at revision -1 when it was not there before: to look and to begin is one step. */
  #begun(stream: string): StreamEnd | undefined {
    const known = this.#streamEnds.get(stream);
    if (known !== undefined) return known;
    const { changes, lastInsertRowid } = this.#insertStream.run(stream);
    if (changes === 0) return this.#endOf(stream);
    return this.#remember(stream, { id: Number(lastInsertRowid), revision: -1 });
  }

  #remember(stream: string, end: StreamEnd): StreamEnd {
    if (this.#streamEnds.size >= MAX_ENDS) this.#streamEnds.clear();
    this.#streamEnds.set(stream, end);
    return end;
  }

  #endOfLog(): LogEnd {
    return (this.#logEnd ??= this.#readEndOfLog());
  }

  /** What stands at the end must be what was appended: nothing is chained to a damaged log. */
  #readEndOfLog(): LogEnd {
    const last = this.#rows.lastPosition();
    const from = Math.max(0, last + 1 - CHECKED_EVENTS);
    let [chain] = from === 0 ? [chainStart(this.#logId)] : this.#rows.chainsOfLog(from - 2, 1);
    for (let position = from; position <= last; position += 1) {
      const [event] = this.#rows.textsOfLog(position - 1, 1);
      const [stored] = this.#rows.chainsOfLog(position - 1, 1);
      if (event?.logIndex !== position || chain === undefined)
        throw new RangeError(`the event at ${position} is missing`);
      chain = chainNext(chain, canonicalText(event));
      if (chain !== stored)
        throw new RangeError(`${eventRef(event.stream, event.revision)} is not what was appended`);
    }
    return { position: last, chain: chain! };
  }
}

/** The numbers that names are stored under, as far as lately used. */
class NameNumbers {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #known = new Map<string, number>();

  constructor(database: DatabaseSync, table: 'types' | 'actors') {
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE name = ?`);
    this.#insert = database.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
  }

  numberOf(name: string): number {
    return this.#known.get(name) ?? this.#look(name);
  }

  forget(): void {
    this.#known.clear();
  }

  #look(name: string): number {
    const id = Number(this.#find.get(name)?.['id'] ?? this.#insert.run(name).lastInsertRowid);
    if (this.#known.size >= MAX_NAMES) this.#known.clear();
    this.#known.set(name, id);
    return id;
  }
}
