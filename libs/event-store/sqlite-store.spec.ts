// The contract, on a file and in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
