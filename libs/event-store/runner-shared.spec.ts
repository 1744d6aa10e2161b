// The runner on a store in which others write too, and whose answers get lost.
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { accept, refuse } from '#ledger/decider.ts';
import { OutcomeUnknown, StoreUnavailable } from './port.ts';
import {
  coinsOf,
  coinTaken,
  lost,
  openSharedLog,
  sharedStore,
  type SharedStore,
  takeCoin,
  till,
} from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';
import { TooManyAttempts } from './transaction.ts';

let log: SqliteStore;
let store: SharedStore;
let runner: Runner;

beforeEach(() => ({ log, store, runner } = openSharedLog()));
afterEach(() => log.close());

const coinsIn = (stream = 'till-1', of = log) => coinsOf(of, stream);

describe('a conflict', () => {
  it('has everything decided again on what is there now', async () => {
    store.beforeAppend = () => log.append('till-1', 'no_stream', [coinTaken('theirs')]);
    const answers = await Promise.all([
      runner.transact(takeCoin('mine', { limit: 2 })),
      runner.transact(takeCoin('more', { limit: 2 })),
    ]);
    expect(answers).toMatchObject([{ outcome: 'stored', revision: 1 }, { outcome: 'refused' }]);
    expect(await coinsIn()).toEqual(['theirs', 'mine']);
  });

  it('in which the other did the same thing is no second time', async () => {
    store.beforeAppend = () => log.append('till-1', 'no_stream', [coinTaken('a')]);
    expect(await runner.transact(takeCoin('a'))).toMatchObject({
      outcome: 'unchanged',
      revision: 0,
    });
    expect(await coinsIn()).toEqual(['a']);
  });

  it('at every attempt is given up with an error of its own', async () => {
    let theirs = 0;
    const interfere = async () => {
      await log.append('till-1', theirs === 0 ? 'no_stream' : theirs - 1, [
        coinTaken(`t${theirs}`),
      ]);
      theirs += 1;
      store.beforeAppend = interfere;
    };
    store.beforeAppend = interfere;
    await expect(runner.transact(takeCoin('mine'))).rejects.toBeInstanceOf(TooManyAttempts);
    store.beforeAppend = undefined;
    expect(await coinsIn()).not.toContain('mine');
    expect(await runner.transact(takeCoin('mine'))).toMatchObject({ outcome: 'stored' });
  });
});

describe('an answer that appends nothing', () => {
  it('is given on the stream as it is now: a refusal may no longer hold', async () => {
    await runner.transact(takeCoin('a'));
    const last = takeCoin('b', {
      decide: ({ coins }) =>
        coins.includes('opened')
          ? accept({ type: 'CoinTaken', data: { coin: 'b' } })
          : refuse('till_must_have_room'),
    });
    expect(await runner.transact(last)).toMatchObject({ outcome: 'refused' });
    await log.append('till-1', 0, [coinTaken('opened')]);
    expect(await runner.transact(last)).toMatchObject({ outcome: 'stored', revision: 2 });
  });

  it('is given on related streams as they are now', async () => {
    const related = [{ decider: till, stream: 'till-2' }];
    const command = takeCoin('b', {
      related,
      decide: (_, [other]) =>
        other!.state.coins.length === 0
          ? refuse('till_must_have_room')
          : accept({ type: 'CoinTaken', data: { coin: 'b' } }),
    });
    expect(await runner.transact(command)).toMatchObject({ outcome: 'refused' });
    await log.append('till-2', 'no_stream', [coinTaken('theirs')]);
    expect(await runner.transact(command)).toMatchObject({ outcome: 'stored' });
  });

  it('is given on the stream as it is now: what was done may have been undone', async () => {
    const isEven = takeCoin('b', {
      decide: ({ coins }) =>
        coins.length % 2 === 0
          ? accept()
          : accept({ type: 'CoinTaken', data: { coin: `b${coins.length}` } }),
    });
    expect(await runner.transact(isEven)).toMatchObject({ outcome: 'unchanged' });
    await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
    expect(await runner.transact(isEven)).toMatchObject({ outcome: 'stored', revision: 1 });
  });
});

describe('a state that others may have changed', () => {
  it('is read on when it is older than five seconds', async () => {
    await runner.transact(takeCoin('a'));
    await log.append('till-1', 0, [coinTaken('theirs')]);
    expect((await runner.load(takeCoin(''))).state.coins).toEqual(['a']);
    await delay(5_050);
    expect((await runner.load(takeCoin(''))).state.coins).toEqual(['a', 'theirs']);
  });
});

describe('several runners on one log', () => {
  const step = fc.record({
    runner: fc.integer({ min: 0, max: 1 }),
    stream: fc.constantFrom('till-1', 'till-2'),
    coin: fc.integer({ min: 0, max: 12 }).map((n) => `coin ${n}`),
    trouble: fc.constantFrom('none', 'none', 'lost answer', 'never sent', 'other first'),
    isPresumedNew: fc.boolean(),
  });

  it('exceed no limit, lose nothing and store nothing twice, whatever goes wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const shared = openSqliteStore(':memory:');
        const stores = [sharedStore(shared), sharedStore(shared)];
        const runners = stores.map((each) => new Runner({ store: each }));
        const third = new Runner({ store: sharedStore(shared) });
        const answers = steps.map(({ runner: which, stream, coin, trouble, isPresumedNew }) => {
          const at = stores[which]!;
          if (trouble === 'lost answer') at.afterAppend = lost;
          if (trouble === 'never sent')
            at.beforeAppend = () => Promise.reject(new OutcomeUnknown('lost'));
          if (trouble === 'other first')
            at.beforeAppend = () => third.transact(takeCoin('late', { stream, limit: 6 }));
          return runners[which]!.transact(takeCoin(coin, { stream, limit: 6, isPresumedNew }));
        });
        const settled = await Promise.all(answers);
        for (const [i, answer] of settled.entries()) {
          const { stream, coin } = steps[i]!;
          const coins = await coinsIn(stream, shared);
          expect(coins.length).toBeLessThanOrEqual(6);
          expect(new Set(coins).size).toBe(coins.length);
          if (answer.outcome === 'refused') expect(coins).toHaveLength(6);
          else expect(coins).toContain(coin);
        }
        await shared.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a state that is only looked at', () => {
  const ref = { decider: till, stream: 'till-1' };

  it('is the end of the stream when it is asked for, whatever was known a moment ago', async () => {
    await runner.transact(takeCoin('mine'));
    await log.append('till-1', 0, [coinTaken('theirs')]);
    expect((await runner.load(ref)).revision).toBe(0);
    const [loaded] = await Promise.all([runner.loadEnd(ref), runner.loadEnd(ref)]);
    expect(loaded).toEqual({ state: { coins: ['mine', 'theirs'] }, revision: 1 });
  });

  it('is an outage when the end cannot be read, and is there again afterwards', async () => {
    await runner.transact(takeCoin('mine'));
    const { readStream } = store;
    store.readStream = () => Promise.reject(new StoreUnavailable('gone'));
    await expect(runner.loadEnd(ref)).rejects.toBeInstanceOf(StoreUnavailable);
    store.readStream = readStream;
    expect((await runner.loadEnd(ref)).revision).toBe(0);
  });
});
