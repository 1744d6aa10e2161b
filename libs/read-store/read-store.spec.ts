import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventType } from '#ledger/events.ts';
import {
  EvolveFailed,
  LogNotContiguous,
  ReadStoreForeign,
  ReadStoreUnreadable,
  UnknownEventType,
} from './alarms.ts';
import { ArrayLog } from './array-log.ts';
import { integer, projection, table, text, type Projection } from './projection.ts';
import { openReadModel } from './read-model.ts';
import { ReadStore } from './read-store.ts';
import { tally } from './tally.ts';

const directory = mkdtempSync(join(tmpdir(), 'read-store-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newFile = () => join(directory, `read-${++files}.db`);

function openLive(file: string, projections: readonly Projection[] = [tally()], logId = 'log-1') {
  const store = new ReadStore({ file, logId, projections });
  if (store.rebuild !== undefined) store.switchToRebuilt();
  return store;
}

const live = (store: ReadStore) => store.live!;

function sellerFacts(...sellers: readonly string[]): ArrayLog {
  const log = new ArrayLog();
  for (const sellerId of sellers) log.add(`seller-${sellerId}`, 'SellerJoined', { sellerId });
  return log;
}

const talliesOf = (store: ReadStore) =>
  store.readModel().all('SELECT sellerId, facts FROM tallies ORDER BY sellerId');

describe('a batch', () => {
  test('commits rows and checkpoint together', () => {
    const file = newFile();
    const store = openLive(file);
    live(store).apply(sellerFacts('a', 'b', 'a').events);
    store.close();
    const readModel = openReadModel(file);
    expect(readModel.all('SELECT sellerId, facts FROM tallies ORDER BY sellerId')).toEqual([
      { sellerId: 'a', facts: 2 },
      { sellerId: 'b', facts: 1 },
    ]);
    expect(readModel.checkpoint()).toEqual({ position: 2n, logIndex: 2 });
    readModel.close();
  });

  test.each([1, 7, 100])('stores every row that it appends, %i at a time', (size) => {
    const store = openLive(newFile());
    const { events } = sellerFacts(...Array.from({ length: 100 }, (_, i) => `s${i}`));
    for (let from = 0; from < events.length; from += size)
      live(store).apply(events.slice(from, from + size));
    expect(store.readModel().all('SELECT logIndex, sellerId FROM facts ORDER BY logIndex')).toEqual(
      events.map(({ logIndex }) => ({ logIndex, sellerId: `s${logIndex}` })),
    );
  });

  test.each([1, 2, 5])('adds rows, changes and deletes them, taken in by %i', (size) => {
    const present = table({
      name: 'present',
      columns: { sellerId: text, at: integer },
      key: ['sellerId'],
    });
    const presence = projection({
      name: 'presence',
      version: 1,
      tables: [present],
      on: {
        SellerJoined: ({ data: { sellerId } }, rows) => rows.add(present, { sellerId, at: 0 }),
        SellerEnrolled: ({ data: { sellerId }, logIndex }, rows) =>
          rows.put(present, { sellerId, at: logIndex }),
        SellerLeft: ({ data: { sellerId } }, rows) => rows.delete(present, sellerId),
      },
    });
    const store = openLive(newFile(), [presence]);
    const log = sellerFacts('a', 'b', 'c');
    log.add('seller-b', 'SellerLeft', { sellerId: 'b' });
    log.add('seller-c', 'SellerEnrolled', { sellerId: 'c' });
    for (let from = 0; from < log.events.length; from += size)
      live(store).apply(log.events.slice(from, from + size));
    expect(store.readModel().all('SELECT * FROM present ORDER BY sellerId')).toEqual([
      { sellerId: 'a', at: 0 },
      { sellerId: 'c', at: 4 },
    ]);
  });

  test('leaves rows, cache and checkpoint as they were when an evolution fails', () => {
    let isBroken = true;
    const brittle = projection({
      name: 'brittle',
      version: 1,
      tables: [],
      on: {
        SellerLeft() {
          if (isBroken) throw new Error('a bug');
        },
      },
    });
    const store = openLive(newFile(), [tally(), brittle]);
    const log = sellerFacts('a');
    live(store).apply(log.events);
    log.add('seller-a', 'SellerEnrolled', { sellerId: 'a' });
    log.add('seller-b', 'SellerLeft', { sellerId: 'b' });
    expect(() => live(store).apply(log.events.slice(1))).toThrow(EvolveFailed);
    expect(() => live(store).apply(log.events.slice(1))).toThrow('brittle failed on seller-b@0');
    expect(talliesOf(store)).toEqual([{ sellerId: 'a', facts: 1 }]);
    expect(live(store).checkpoint.logIndex).toBe(0);
    isBroken = false;
    live(store).apply(log.events.slice(1));
    expect(talliesOf(store)).toEqual([{ sellerId: 'a', facts: 2 }]);
    expect(store.readModel().all('SELECT * FROM facts')).toHaveLength(3);
  });

  test('leaves nothing of itself when SQLite refuses the commit', () => {
    const file = newFile();
    const store = openLive(file);
    const log = sellerFacts('a', 'b');
    live(store).apply(log.events.slice(0, 1));
    const other = new DatabaseSync(file);
    other.exec("INSERT INTO facts_v1_b1 VALUES (1, 'someone', 'else')");
    expect(() => live(store).apply(log.events.slice(1))).toThrow('UNIQUE');
    other.exec('DELETE FROM facts_v1_b1 WHERE logIndex = 1');
    other.close();
    expect(talliesOf(store)).toEqual([{ sellerId: 'a', facts: 1 }]);
    live(store).apply(log.events.slice(1));
    expect(talliesOf(store)).toHaveLength(2);
  });

  test('gives the same rows in whatever pages the events come', () => {
    const log = sellerFacts('a', 'b', 'a', 'c');
    log.add('seller-a', 'SellerLeft', { sellerId: 'a' });
    log.add('seller-a', 'SellerJoined', { sellerId: 'a' });
    log.add('seller-b', 'SellerLeft', { sellerId: 'b' });
    const hashes = [1, 2, 3, 7].map((page) => {
      const store = openLive(':memory:');
      for (let from = 0; from < 7; from += page)
        live(store).apply(log.events.slice(from, from + page));
      expect(talliesOf(store)).toEqual([
        { sellerId: 'a', facts: 1 },
        { sellerId: 'c', facts: 1 },
      ]);
      return store.readModel().stateHash('tally');
    });
    expect(new Set(hashes).size).toBe(1);
  });
});

describe('what is not the next event', () => {
  test('stops it at the event before a gap', () => {
    const store = openLive(newFile());
    const { events } = sellerFacts('a', 'b', 'c', 'd');
    const gap = [events[0]!, events[1]!, events[3]!];
    expect(() => live(store).apply(gap)).toThrow(LogNotContiguous);
    expect(live(store).checkpoint.logIndex).toBe(1);
    expect(talliesOf(store)).toHaveLength(2);
    expect(() => live(store).apply(events.slice(1))).toThrow('logIndex 1, but 2 comes next');
    live(store).apply(events.slice(2));
    expect(talliesOf(store)).toHaveLength(4);
  });

  test('stops it at the event before one of unknown type', () => {
    const store = openLive(newFile());
    const log = sellerFacts('a');
    log.add('seller-a', 'SellerRenamed' as EventType, { sellerId: 'a' });
    expect(() => live(store).apply(log.events)).toThrow(UnknownEventType);
    expect(live(store).checkpoint.logIndex).toBe(0);
  });

  test('is noticed when another follower has moved the checkpoint', () => {
    const file = newFile();
    const silent = [projection({ name: 'silent', version: 1, tables: [], on: {} })];
    const [one, other] = [openLive(file, silent), openLive(file, silent)];
    const log = sellerFacts('a', 'b');
    live(one).apply(log.events);
    expect(() => live(other).apply(log.events)).toThrow('the checkpoint is not at -1 any more');
    expect(one.readModel().checkpoint().logIndex).toBe(1);
  });
});

describe('a file', () => {
  test('made from another log is refused and left as it was', () => {
    const file = newFile();
    const store = openLive(file);
    live(store).apply(sellerFacts('a').events);
    store.close();
    const before = readFileSync(file);
    expect(() => openLive(file, [tally()], 'log-2')).toThrow(ReadStoreForeign);
    expect(() => openLive(file, [tally()], 'log-2')).toThrow('made from log log-1, not from log-2');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is something else is refused and left as it was', () => {
    const junk = newFile();
    writeFileSync(junk, 'not a database at all, but long enough to be looked at as one');
    expect(() => openLive(junk)).toThrow(ReadStoreUnreadable);
    expect(readFileSync(junk, 'utf8')).toContain('not a database');
    const foreign = newFile();
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE accounts (name TEXT)');
    database.close();
    const before = readFileSync(foreign);
    expect(() => openLive(foreign)).toThrow('it holds other tables');
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  test('keeps its place when it is closed and opened again', () => {
    const file = newFile();
    const log = sellerFacts('a', 'b');
    const first = openLive(file);
    live(first).apply(log.events.slice(0, 1));
    first.close();
    const second = openLive(file);
    expect(live(second).checkpoint.logIndex).toBe(0);
    log.add('seller-a', 'SellerLeft', { sellerId: 'a' });
    live(second).apply(log.events.slice(1));
    expect(talliesOf(second)).toEqual([{ sellerId: 'b', facts: 1 }]);
  });
});
