// The contract, on a file and in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEvent } from './contract/log.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('SQLite in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  const file = join(folder, 'ledger.db');
  let store: SqliteStore = openSqliteStore(file);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openSqliteStore(file);
      return store;
    },
    remove: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

storeContract('SQLite in memory', async () => {
  const store = openSqliteStore(':memory:');
  return { store, remove: () => store.close() };
});

it('reads a page of facts to its end only while it is small', async () => {
  const store = openSqliteStore(':memory:');
  for (let i = 0; i < 80; i += 1)
    await store.append(`task-${i}`, 'no_stream', [newEvent('x'.repeat(400_000))]);
  const first = await store.readAllFacts();
  expect(first.length).toBeLessThan(80);
  const second = await store.readAllFacts({ after: first.at(-1)! });
  expect([...first, ...second].map(({ stream }) => stream)).toEqual(
    Array.from({ length: 80 }, (_, i) => `task-${i}`),
  );
  await store.close();
});
