// The runner told that a stream is new, on a store in which others write too: right, and wrong.
import { accept, type Decision, refuse } from '#ledger/decider.ts';
import { OutcomeUnknown } from './port.ts';
import {
  coinsOf,
  type CoinTaken,
  coinTaken,
  openSharedLog,
  sharedStore,
  type SharedStore,
  takeCoin,
} from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import type { SqliteStore } from './sqlite-store.ts';

let log: SqliteStore;
let store: SharedStore;
let runner: Runner;

beforeEach(() => ({ log, store, runner } = openSharedLog()));
afterEach(() => log.close());

type Decided = Decision<CoinTaken, 'till_must_have_room'>;

const coinsIn = (stream = 'till-1') => coinsOf(log, stream);

describe('a stream that is presumed new', () => {
  const presumed = (coin: string, over: Parameters<typeof takeCoin>[1] = {}) =>
    takeCoin(coin, { isPresumedNew: true, ...over });
  let reads: string[];

  beforeEach(() => {
    reads = [];
    store.readStream = (stream, read) => (reads.push(stream), log.readStream(stream, read));
  });

  it('is appended to without being read', async () => {
    expect(await runner.transact(presumed('a'))).toMatchObject({ outcome: 'stored', revision: 0 });
    expect(await runner.transact(presumed('b'))).toMatchObject({ outcome: 'stored', revision: 1 });
    expect([reads, await coinsIn()]).toEqual([[], ['a', 'b']]);
  });

  it('and is not, is decided on anew as it stands', async () => {
    await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
    const answers = await Promise.all([
      runner.transact(presumed('mine', { limit: 2 })),
      runner.transact(presumed('theirs', { limit: 2 })),
      runner.transact(presumed('more', { limit: 2 })),
    ]);
    expect(answers).toMatchObject([
      { outcome: 'stored', revision: 1 },
      { outcome: 'unchanged' },
      { outcome: 'refused' },
    ]);
    expect(await coinsIn()).toEqual(['theirs', 'mine']);
  });

  it.each([
    ['refused', (): Decided => refuse('till_must_have_room')],
    ['left as it is', (): Decided => accept()],
  ])('is read before a command on it is %s', async (_, otherwise) => {
    await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
    const ifOpened = presumed('mine', {
      decide: ({ coins }) =>
        coins.includes('theirs')
          ? accept({ type: 'CoinTaken', data: { coin: 'mine' } })
          : otherwise(),
    });
    expect(await runner.transact(ifOpened)).toMatchObject({ outcome: 'stored', revision: 1 });
  });

  it('is read by whoever looks at it meanwhile', async () => {
    await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
    const taken = runner.transact(presumed('mine'));
    const { state } = await runner.load(takeCoin(''));
    expect(state.coins).toContain('theirs');
    expect(await taken).toMatchObject({ outcome: 'stored', revision: 1 });
  });

  it('is taken as it is known when it is known', async () => {
    await runner.transact(takeCoin('a'));
    const appended = store.appends.length;
    expect(await runner.transact(presumed('a'))).toMatchObject({ outcome: 'unchanged' });
    expect(await runner.transact(presumed('b'))).toMatchObject({ outcome: 'stored' });
    expect(store.appends).toHaveLength(appended + 1);
  });

  it('is read where nobody else writes, for that costs little', async () => {
    await log.append('till-1', 'no_stream', [coinTaken('before')]);
    const alone = sharedStore(log, true);
    const answer = await new Runner({ store: alone }).transact(presumed('mine'));
    expect(answer).toMatchObject({ outcome: 'stored', revision: 1 });
    expect(alone.appends).toHaveLength(1);
  });

  it('whose first append has an unknown outcome is read back', async () => {
    store.afterAppend = () => {
      throw new OutcomeUnknown('the answer was lost');
    };
    expect(await runner.transact(presumed('a'))).toMatchObject({ outcome: 'stored', revision: 0 });
    store.beforeAppend = () => Promise.reject(new OutcomeUnknown('the connection broke'));
    const other = presumed('a', { stream: 'till-2' });
    expect(await runner.transact(other)).toMatchObject({ outcome: 'stored', revision: 0 });
    expect([await coinsIn(), await coinsIn('till-2')]).toEqual([['a'], ['a']]);
  });
});
