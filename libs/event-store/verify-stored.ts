// Reads a whole log and checks that what is stored is what was appended: every byte of every event,
// their order and their ids. Names the first event that differs. Changes nothing.
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventRef } from '#ledger/streams.ts';
import { canonicalText, chainNext, chainStart } from './canonical-event.ts';
import { EventRows } from './event-rows.ts';
import { IdSequence } from './id-sequence.ts';
import { openForReading } from './log-file.ts';
import { isDamage, LogCorrupt, messageOf } from './log-file-errors.ts';
import type { EventText } from './port.ts';

const PAGE = 500;

export interface Verified {
  /** Events found to be as they were appended, from the first on. */
  readonly events: number;
  /** Of all of them: SHA-256 in hexadecimal. A log with the same chain holds the same events. */
  readonly chain: string;
  readonly difference?: Difference;
}

export interface Difference {
  /** `stream@revision`; the place in the log when not even that can be read. */
  readonly ref: string;
  /** What is wrong, to be read after `ref`. */
  readonly what: string;
}

/** Rejects with a LogFileError when the file is no log at all. */
export async function verifyStored(
  file: string,
  onProgress: (events: number, all: number) => void = () => undefined,
): Promise<Verified> {
  const database = openForReading(file);
  try {
    const scan = new Scan(database);
    while (scan.nextPage()) {
      onProgress(scan.events, scan.all);
      await nextTurn();
    }
    const { events, chain } = scan;
    const difference = scan.difference ?? differenceOfFile(database);
    return { events, chain, ...(difference !== undefined && { difference }) };
  } catch (error) {
    throw isDamage(error) ? new LogCorrupt(file, messageOf(error), error) : error;
  } finally {
    database.close();
  }
}

/** The events in log order, each checked against itself and the one before it. */
class Scan {
  readonly all: number;
  events = 0;
  chain: string;
  difference: Difference | undefined;
  readonly #database: DatabaseSync;
  readonly #rows: EventRows;
  readonly #ids = new IdSequence();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#rows = new EventRows(database);
    this.chain = chainStart(this.#rows.logId());
    this.all = this.#rows.lastPosition() + 1;
  }

  /** False at the end, and at the first difference. */
  nextPage(): boolean {
    let read = 0;
    try {
      const events = this.#rows.textsOfLog(this.events - 1, PAGE);
      const chains = this.#rows.chainsOfLog(this.events - 1, PAGE);
      for (const [i, event] of events.entries()) {
        const what = this.#wrongWith(event, chains[i]!);
        if (what !== undefined) return this.#stop(what);
      }
      read = events.length;
    } catch {
      return this.#unreadablePage();
    }
    if (read === 0 && this.events < this.all) return this.#stop('is missing');
    return read > 0;
  }

  /** One event at a time, up to the one that cannot be read. */
  #unreadablePage(): boolean {
    for (let i = 0; i < PAGE; i += 1) {
      try {
        const [event] = this.#rows.textsOfLog(this.events - 1, 1);
        const [chain] = this.#rows.chainsOfLog(this.events - 1, 1);
        const what = event === undefined ? 'is missing' : this.#wrongWith(event, chain!);
        if (what !== undefined) return this.#stop(what);
      } catch (error) {
        return this.#stop(`cannot be read: ${messageOf(error)}`);
      }
    }
    return true;
  }

  #wrongWith(event: EventText, stored: string): string | undefined {
    if (event.logIndex !== this.events) return 'is missing';
    const chain = chainNext(this.chain, canonicalText(event));
    if (chain !== stored) return 'is not what was appended';
    if (!this.#ids.follows(event)) return 'has an id that does not follow from what it says';
    this.chain = chain;
    this.events += 1;
    return undefined;
  }

  #stop(what: string): false {
    this.difference = { ref: refAt(this.#database, this.events), what };
    return false;
  }
}

/** What no single event shows: an index that does not lead to its events, a gap in a stream. */
function differenceOfFile(database: DatabaseSync): Difference | undefined {
  const checks = database.prepare('PRAGMA integrity_check').all();
  const problems = checks
    .map((row) => String(row['integrity_check']))
    .filter((what) => what !== 'ok');
  for (const what of problems) {
    const row = /^row (\d+) missing from index events_by_stream/.exec(what)?.[1];
    if (row !== undefined) return { ref: refAt(database, Number(row)), what };
  }
  if (problems.length > 0) return { ref: 'the file', what: problems[0]! };
  const gap = database
    .prepare(
      `SELECT s.name, e.revision FROM events e JOIN streams s ON s.id = e.stream
       WHERE e.revision > 0 AND NOT EXISTS
         (SELECT 1 FROM events b WHERE b.stream = e.stream AND b.revision = e.revision - 1)
       LIMIT 1`,
    )
    .get();
  if (gap === undefined) return undefined;
  return { ref: eventRef(String(gap['name']), Number(gap['revision'])), what: 'follows a gap' };
}

function refAt(database: DatabaseSync, position: number): string {
  try {
    const sql = 'SELECT name, revision FROM events JOIN streams ON id = stream WHERE position = ?';
    const row = database.prepare(sql).get(position);
    if (row !== undefined) return eventRef(String(row['name']), Number(row['revision']));
  } catch {
    // Not even its name can be read.
  }
  return `the event at ${position}`;
}
