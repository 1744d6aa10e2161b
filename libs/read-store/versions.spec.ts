import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ArrayLog } from './array-log.ts';
import { projection, type Projection } from './projection.ts';
import { openReadModel } from './read-model.ts';
import { ReadStore } from './read-store.ts';
import { facts, tally } from './tally.ts';

const directory = mkdtempSync(join(tmpdir(), 'versions-'));
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

describe('versions', () => {
  const seen = (file: string) => {
    const readModel = openReadModel(file);
    const rows = readModel.all('SELECT sellerId, facts FROM tallies ORDER BY sellerId');
    readModel.close();
    return rows;
  };

  test('stand side by side until the new one is where the old one is', () => {
    const file = newFile();
    const log = sellerFacts('a', 'b', 'a');
    const old = openLive(file);
    live(old).apply(log.events.slice(0, 2));
    old.close();
    const [one, two] = [tally(), tally({ version: 2, step: 10 })];
    const store = new ReadStore({ file, logId: 'log-1', projections: [one, two] });
    expect(live(store).builds.map(({ version }) => version)).toEqual([1]);
    expect(store.rebuild!.builds.map(({ version }) => version)).toEqual([2]);
    live(store).apply(log.events.slice(2));
    store.rebuild!.apply(log.events.slice(0, 2));
    expect(seen(file)).toEqual([
      { sellerId: 'a', facts: 2 },
      { sellerId: 'b', facts: 1 },
    ]);
    expect(() => store.switchToRebuilt()).toThrow('not where the live ones are');
    store.rebuild!.apply(log.events.slice(2));
    store.switchToRebuilt();
    expect(seen(file)).toEqual([
      { sellerId: 'a', facts: 20 },
      { sellerId: 'b', facts: 10 },
    ]);
    expect(live(store).builds.map(({ version }) => version)).toEqual([2]);
    store.close();
  });

  test('that the program no longer has are dropped, and the wanted one is built', () => {
    const file = newFile();
    const old = openLive(file, [tally({ version: 7 })]);
    live(old).apply(sellerFacts('a').events);
    old.close();
    const store = new ReadStore({ file, logId: 'log-1', projections: [tally({ version: 8 })] });
    expect(store.live).toBeUndefined();
    expect(seen(file)).toEqual([]);
    store.rebuild!.apply(sellerFacts('a').events);
    store.switchToRebuilt();
    while (store.dropRetired());
    expect(seen(file)).toEqual([{ sellerId: 'a', facts: 1 }]);
    const database = new DatabaseSync(file);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    expect(tables.map(({ name }) => name).filter((name) => /_v7_/.test(String(name)))).toEqual([]);
    database.close();
    store.close();
  });

  test('leave prepared queries working across a switch', () => {
    const file = newFile();
    const log = sellerFacts('a');
    const store = openLive(file);
    live(store).apply(log.events);
    const readModel = openReadModel(file);
    const query = 'SELECT facts FROM tallies WHERE sellerId = :sellerId';
    expect(readModel.get(query, { sellerId: 'a' })).toEqual({ facts: 1 });
    store.startRebuild(['tally']);
    store.rebuild!.apply(log.events);
    store.switchToRebuilt();
    while (store.dropRetired());
    expect(readModel.get(query, { sellerId: 'a' })).toEqual({ facts: 1 });
    readModel.close();
  });

  test('may not share a table with another projection', () => {
    const thief = projection({ name: 'thief', version: 1, tables: [facts], on: {} });
    expect(() => openLive(':memory:', [tally(), thief])).toThrow(
      'table facts belongs to tally and thief',
    );
  });
});
