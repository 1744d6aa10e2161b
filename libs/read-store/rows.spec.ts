import { ArrayLog } from './array-log.ts';
import { projection, type Projection } from './projection.ts';
import { ReadStore } from './read-store.ts';
import { tallies, tally } from './tally.ts';

function openLive(projections: readonly Projection[] = [tally()]) {
  const store = new ReadStore({ file: ':memory:', logId: 'log-1', projections });
  store.switchToRebuilt();
  return store;
}

const live = (store: ReadStore) => store.live!;

function oneSeller(): ArrayLog {
  const log = new ArrayLog();
  log.add('seller-a', 'SellerJoined', { sellerId: 'a' });
  return log;
}

describe('rows', () => {
  const pairs = {
    name: 'pairs',
    columns: { left: 'text', right: 'text', times: 'integer' },
    key: ['left', 'right'],
    indexes: [],
  } as const;

  function pairing(evolutions: Parameters<typeof projection>[0]['on']) {
    return openLive([projection({ name: 'pairing', version: 1, tables: [pairs], on: evolutions })]);
  }

  test('with composite keys are kept apart, also in the cache', () => {
    const store = pairing({
      SellerJoined(_event, rows) {
        rows.put(pairs, { left: 'a', right: 'bc', times: 1 });
        rows.put(pairs, { left: 'ab', right: 'c', times: 2 });
        rows.put(pairs, { left: '1:a', right: 'b', times: 3 });
        rows.put(pairs, { left: '1', right: ':ab', times: 4 });
        expect(rows.get(pairs, 'a', 'bc')).toMatchObject({ times: 1 });
      },
    });
    live(store).apply(oneSeller().events);
    expect(store.readModel().all('SELECT * FROM pairs')).toHaveLength(4);
  });

  test('put and deleted in one batch are gone, deleted and put again are there', () => {
    const store = pairing({
      SellerJoined(_event, rows) {
        rows.put(pairs, { left: 'gone', right: 'x', times: 1 });
        rows.put(pairs, { left: 'back', right: 'x', times: 1 });
      },
      SellerEnrolled(_event, rows) {
        rows.delete(pairs, 'gone', 'x');
        expect(rows.get(pairs, 'gone', 'x')).toBeUndefined();
        rows.delete(pairs, 'back', 'x');
        rows.put(pairs, { left: 'back', right: 'x', times: 2 });
      },
    });
    const log = oneSeller();
    log.add('seller-a', 'SellerEnrolled', { sellerId: 'a' });
    live(store).apply(log.events);
    expect(store.readModel().all('SELECT * FROM pairs')).toEqual([
      { left: 'back', right: 'x', times: 2 },
    ]);
  });

  test('stay right when there are more than the cache holds', () => {
    const log = new ArrayLog();
    const seller = (i: number) => `${'s'.repeat(4_000)}${i % 1_000}`;
    for (let i = 0; i < 4_000; i++)
      log.add(seller(i), i < 3_000 ? 'SellerJoined' : 'SellerEnrolled', {
        sellerId: seller(i),
      });
    const store = openLive();
    for (let from = 0; from < 4_000; from += 500)
      live(store).apply(log.events.slice(from, from + 500));
    const counted = store.readModel().all('SELECT DISTINCT facts FROM tallies');
    expect(counted).toEqual([{ facts: 4 }]);
  });

  test('of a table that is not its own are out of reach', () => {
    const store = openLive([
      tally(),
      projection({
        name: 'nosy',
        version: 1,
        tables: [],
        on: { SellerJoined: (_event, rows) => rows.delete(tallies, 'a') },
      }),
    ]);
    expect(() => live(store).apply(oneSeller().events)).toThrow('tallies is not a table of nosy');
  });
});
