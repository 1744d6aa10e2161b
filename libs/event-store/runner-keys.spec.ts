// Idempotency keys: the same request again gets the first answer, another request is refused.
import { accept, refuse } from '#ledger/decider.ts';
import { context, sharedStore, type SharedStore, takeCoin } from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSqliteStore } from './sqlite-store.ts';

let store: SharedStore;
let runner: Runner;

beforeEach(() => {
  store = sharedStore(openSqliteStore(':memory:'), true);
  runner = new Runner({ store });
});

afterEach(() => store.close());

const coinsIn = async (stream = 'till-1') =>
  (await store.readStream(stream)).map(({ data }) => (data as { coin: string }).coin);

const eventsOf = (answer: object) => ('events' in answer ? answer.events : []) as object[];

describe('an idempotency key', () => {
  const keyed = (coin: string, hash = 'a', over: Partial<Parameters<typeof takeCoin>[1]> = {}) =>
    takeCoin(coin, {
      context: context({ idempotencyKey: 'key-1', requestHash: hash.repeat(64) }),
      decide: () =>
        accept({ type: 'CoinTaken', data: { coin } }, { type: 'CoinTaken', data: { coin: 'tip' } }),
      ...over,
    });

  it('used again by the same request gets the first answer', async () => {
    const first = await runner.transact(keyed('a'));
    await runner.transact(takeCoin('z'));
    const again = await runner.transact(keyed('a'));
    expect(again).toMatchObject({ outcome: 'repeated' });
    expect(eventsOf(again)).toMatchObject(eventsOf(first));
    expect(await coinsIn()).toEqual(['a', 'tip', 'z']);
  });

  it('used again at the same moment gets the first answer', async () => {
    const [first, again] = await Promise.all([
      runner.transact(keyed('a')),
      runner.transact(keyed('a')),
    ]);
    expect(again).toMatchObject({ outcome: 'repeated' });
    expect(eventsOf(again)).toMatchObject(eventsOf(first));
  });

  it('used again after a restart gets the first answer', async () => {
    await runner.transact(keyed('a'));
    expect(await new Runner({ store }).transact(keyed('a'))).toMatchObject({ outcome: 'repeated' });
  });

  it('used for another request is refused', async () => {
    await runner.transact(keyed('a'));
    const refusal = {
      refused: 'idempotency_key_must_not_be_reused',
      details: { idempotencyKey: 'key-1' },
    };
    expect(await runner.transact(keyed('b', 'b'))).toEqual({ outcome: 'refused', refusal });
    expect(await coinsIn()).toEqual(['a', 'tip']);
  });

  it('belongs to one stream', async () => {
    await runner.transact(keyed('a'));
    const elsewhere = await runner.transact(keyed('b', 'b', { stream: 'till-2' }));
    expect(elsewhere).toMatchObject({ outcome: 'stored' });
  });

  it('is not claimed by a command that stored nothing', async () => {
    const refused = await runner.transact(
      keyed('a', 'a', { decide: () => refuse('till_must_have_room') }),
    );
    expect(refused).toMatchObject({ outcome: 'refused' });
    expect(await runner.transact(keyed('a', 'b'))).toMatchObject({ outcome: 'stored' });
  });

  it('comes with a hash that is computed once at most', async () => {
    let hashes = 0;
    const lazy = Object.defineProperty(context({ idempotencyKey: 'k' }), 'requestHash', {
      enumerable: true,
      get: () => ((hashes += 1), 'a'.repeat(64)),
    });
    await runner.transact(takeCoin('a', { context: lazy }));
    expect(hashes).toBe(1);
  });
});
