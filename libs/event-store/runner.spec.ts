import { setImmediate as nextTurn } from 'node:timers/promises';
import { accept, refuse } from '#ledger/decider.ts';
import { AppendTooLarge, StoreUnavailable } from './port.ts';
import { context, sharedStore, type SharedStore, takeCoin, till } from './runner.fixtures.ts';
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

describe('a command', () => {
  it('is stored, and answered with its events', async () => {
    const answer = await runner.transact(takeCoin('a'));
    const [event] = await store.readAll();
    expect(answer).toMatchObject({ outcome: 'stored', revision: 0, position: event!.position });
    const { id, metadata } = event!;
    const stored = { type: 'CoinTaken', data: { coin: 'a' }, stream: 'till-1', revision: 0 };
    expect(answer).toMatchObject({ events: [{ ...stored, id, metadata }] });
  });

  it('that was done already changes nothing', async () => {
    const { position } = (await runner.transact(takeCoin('a'))) as { position: bigint };
    const again = await runner.transact(takeCoin('a'));
    expect(again).toMatchObject({ outcome: 'unchanged', events: [], revision: 0, position });
    expect(await store.readAll()).toHaveLength(1);
  });

  it('that is refused stores nothing and is answered with the refusal', async () => {
    const answer = await runner.transact(takeCoin('a', { limit: 0 }));
    const refusal = { refused: 'till_must_have_room', details: { coins: 0 } };
    expect(answer).toEqual({ outcome: 'refused', refusal });
    expect(await store.readAll()).toEqual([]);
  });

  it('carries its context in the metadata of its events', async () => {
    const with_ = context({
      actor: 'portal:connect',
      idempotencyKey: 'k',
      requestHash: 'f'.repeat(64),
    });
    await runner.transact(takeCoin('a', { context: with_ }));
    const { now, ...rest } = with_;
    expect((await store.readAll())[0]!.metadata).toEqual({ ...rest, recordedAt: now });
  });

  it('whose decision throws fails alone', async () => {
    const broken = takeCoin('b', {
      decide: () => {
        throw new Error('a bug');
      },
    });
    const [a, b, c] = await Promise.allSettled([
      runner.transact(takeCoin('a')),
      runner.transact(broken),
      runner.transact(takeCoin('c')),
    ]);
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await coinsIn()).toEqual(['a', 'c']);
  });

  it('whose event breaks the fold fails alone', async () => {
    const [a, b, c] = await Promise.allSettled([
      runner.transact(takeCoin('a')),
      runner.transact(takeCoin('breaks the fold')),
      runner.transact(takeCoin('c')),
    ]);
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await coinsIn()).toEqual(['a', 'c']);
  });

  it('whose data has no canonical form fails alone and leaves no trace in the state', async () => {
    const broken = takeCoin('b', {
      decide: () => accept({ type: 'CoinTaken', data: { coin: 1n as unknown as string } }),
    });
    await expect(runner.transact(broken)).rejects.toThrow(TypeError);
    expect((await runner.load(takeCoin('b'))).state).toEqual({ coins: [] });
  });
});

describe('commands of one stream', () => {
  it('are decided in the order of the calls, each on what the one before leaves', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'a', 'c', 'd'].map((coin) => runner.transact(takeCoin(coin, { limit: 3 }))),
    );
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['stored', 'stored', 'unchanged', 'stored', 'refused']);
    expect(await coinsIn()).toEqual(['a', 'b', 'c']);
    expect(answers.map((answer) => 'revision' in answer && answer.revision)).toEqual([
      0,
      1,
      1,
      2,
      false,
    ]);
  });

  it('that come at once are appended together', async () => {
    await Promise.all(['a', 'b', 'c'].map((coin) => runner.transact(takeCoin(coin))));
    expect(store.appends.map((events) => events.length)).toEqual([3]);
  });

  it('that come while an append is under way wait for it', async () => {
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: isUnderWay, resolve: begin } = Promise.withResolvers<void>();
    store.beforeAppend = () => (begin(), gate);
    const first = runner.transact(takeCoin('a'));
    await isUnderWay;
    const others = ['b', 'c'].map((coin) => runner.transact(takeCoin(coin)));
    letGo();
    await Promise.all([first, ...others]);
    expect(store.appends.map((events) => events.length)).toEqual([1, 2]);
  });

  it('get no answer, not even a refusal, before their batch is stored', async () => {
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    store.beforeAppend = () => gate;
    const told: string[] = [];
    const commands = [takeCoin('a', { limit: 1 }), takeCoin('a'), takeCoin('b', { limit: 1 })];
    const answers = commands.map((command) =>
      runner.transact(command).then(({ outcome }) => told.push(outcome)),
    );
    for (let i = 0; i < 10; i += 1) await nextTurn();
    expect(told).toEqual([]);
    letGo();
    await Promise.all(answers);
    expect(told).toEqual(['stored', 'unchanged', 'refused']);
  });

  it('larger together than one append may be are appended one after another', async () => {
    const filler = 'x'.repeat(300_000);
    const commands = ['a', 'b', 'c', 'd'].map((coin) =>
      takeCoin(coin, { decide: () => accept({ type: 'CoinTaken', data: { coin, filler } }) }),
    );
    const answers = await Promise.all(commands.map((command) => runner.transact(command)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(4).fill('stored'));
    expect(store.appends.map((events) => events.length)).toEqual([3, 1]);
  });

  it('are answered beside one that is too large by itself', async () => {
    await runner.transact(takeCoin('a'));
    const filler = 'x'.repeat(1_000_000);
    const large = takeCoin('b', {
      decide: () => accept({ type: 'CoinTaken', data: { coin: 'b', filler } }),
    });
    const [a, b, c] = await Promise.allSettled(
      [takeCoin('a'), large, takeCoin('c')].map((command) => runner.transact(command)),
    );
    expect(a).toMatchObject({ value: { outcome: 'unchanged' } });
    expect(b).toMatchObject({ reason: expect.any(AppendTooLarge) });
    expect(c).toMatchObject({ value: { outcome: 'stored' } });
    expect(await coinsIn()).toEqual(['a', 'c']);
  });
});

describe('an append that the store cannot take', () => {
  it('fails its commands, and the state is what is stored', async () => {
    await runner.transact(takeCoin('a'));
    store.beforeAppend = () => Promise.reject(new StoreUnavailable('disk full'));
    const failed = await Promise.allSettled(
      ['b', 'c'].map((coin) => runner.transact(takeCoin(coin))),
    );
    for (const { status } of failed) expect(status).toBe('rejected');
    expect(await runner.transact(takeCoin('d'))).toMatchObject({ revision: 1 });
    expect((await runner.load(takeCoin(''))).state).toEqual({ coins: ['a', 'd'] });
  });
});

describe('a related stream', () => {
  it('is given to the decision with its state and revision', async () => {
    await runner.transact(takeCoin('a', { stream: 'till-2' }));
    const related = [
      { decider: till, stream: 'till-2' },
      { decider: till, stream: 'till-3' },
    ];
    let seen: unknown;
    const command = takeCoin('b', { related, decide: (_, given) => ((seen = given), accept()) });
    await runner.transact(command);
    expect(seen).toMatchObject([
      { state: { coins: ['a'] }, revision: 0 },
      { state: { coins: [] }, revision: 'no_stream' },
    ]);
  });

  it('is looked at only as it is stored', async () => {
    store.beforeAppend = () => Promise.reject(new StoreUnavailable('disk full'));
    const failing = runner.transact(takeCoin('a', { stream: 'till-2' }));
    const related = [{ decider: till, stream: 'till-2' }];
    const command = takeCoin('b', {
      related,
      decide: (_, [other]) =>
        other!.state.coins.length > 0
          ? refuse('till_must_have_room')
          : accept({ type: 'CoinTaken', data: { coin: 'b' } }),
    });
    const answer = runner.transact(command);
    await expect(failing).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await answer).toMatchObject({ outcome: 'stored' });
  });

  it('that is written without end is still looked at', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      for (let i = 0; i < 5_000; i += 1) {
        if (stop.signal.aborted) return 'stopped';
        await runner.transact(takeCoin(`c${i}`, { stream: 'till-2' }));
      }
      return 'went on to the end';
    })();
    const related = [{ decider: till, stream: 'till-2' }];
    await runner.transact(takeCoin('b', { related }));
    stop.abort();
    expect(await writing).toBe('stopped');
  });
});

describe('the cache of states', () => {
  it('forgets the least recently used beyond its bound, and reads them again', async () => {
    const small = new Runner({ store, maxCacheBytes: 5_000 });
    for (let i = 0; i < 50; i += 1) await small.transact(takeCoin('a', { stream: `till-${i}` }));
    expect(small.cachedBytes).toBeLessThanOrEqual(5_000);
    for (let i = 0; i < 50; i += 1)
      expect(await small.transact(takeCoin('b', { stream: `till-${i}` }))).toMatchObject({
        revision: 1,
      });
    expect(await store.readAll()).toHaveLength(100);
  });

  it('keeps what is in use, however small its bound', async () => {
    const none = new Runner({ store, maxCacheBytes: 0 });
    const related = ['till-2', 'till-3'].map((stream) => ({ decider: till, stream }));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        none.transact(takeCoin(`c${i}`, { stream: `till-${i % 4}`, related })),
      ),
    );
    expect(answers.every(({ outcome }) => outcome === 'stored')).toBe(true);
  });
});

describe('a long stream', () => {
  it('is read without holding the loop up', async () => {
    for (let i = 0; i < 20; i += 1) {
      const coins = Array.from({ length: 1_000 }, (_, c) =>
        takeCoin(`${i}/${c}`, {
          decide: () => accept({ type: 'CoinTaken', data: { coin: `${i}/${c}` } }),
        }),
      );
      await Promise.all(coins.map((command) => runner.transact(command)));
    }
    let turns = 0;
    const watch = setInterval(() => (turns += 1), 1);
    const { state, revision } = await new Runner({ store }).load({
      decider: till,
      stream: 'till-1',
    });
    clearInterval(watch);
    expect([state.coins.length, revision]).toEqual([20_000, 19_999]);
    expect(turns).toBeGreaterThan(2);
  });
});

describe('a runner that is closed', () => {
  it('answers what it was given and takes no more', async () => {
    const answer = runner.transact(takeCoin('a'));
    await runner.close();
    expect(await store.readAll()).toHaveLength(1);
    expect(await answer).toMatchObject({ outcome: 'stored' });
    await expect(runner.transact(takeCoin('b'))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(runner.load(takeCoin('b'))).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
