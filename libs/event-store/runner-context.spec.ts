import { context, takeCoin } from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSqliteStore } from './sqlite-store.ts';

it('a command whose context cannot be read fails alone and is not waited for', async () => {
  const store = openSqliteStore(':memory:');
  const runner = new Runner({ store });
  const unreadable = {
    ...context({ idempotencyKey: 'k' }),
    get requestHash(): string {
      throw new TypeError('this has no canonical JSON');
    },
  };
  const failing = runner.transact(takeCoin('a', { context: unreadable }));
  await expect(failing).rejects.toThrow('no canonical JSON');
  expect(await runner.transact(takeCoin('b'))).toMatchObject({ outcome: 'stored', revision: 0 });
  await runner.close();
  await store.close();
});
