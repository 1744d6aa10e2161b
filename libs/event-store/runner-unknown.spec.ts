// The runner on a store whose answers get lost: what may have been stored is read back, and what
// may yet come to be is never said to be refused.
import { accept, refuse } from '#ledger/decider.ts';
import { OutcomeUnknown, StoreUnavailable } from './port.ts';
import {
  coinsOf,
  coinTaken,
  lost,
  openSharedLog,
  type SharedStore,
  takeCoin,
  till,
} from './runner.fixtures.ts';
import type { Runner } from './runner.ts';
import type { SqliteStore } from './sqlite-store.ts';

let log: SqliteStore;
let store: SharedStore;
let runner: Runner;

beforeEach(() => ({ log, store, runner } = openSharedLog()));
afterEach(() => log.close());

const coinsIn = (stream = 'till-1') => coinsOf(log, stream);

describe('an unknown outcome', () => {
  it('that was stored is answered as stored, once', async () => {
    store.afterAppend = lost;
    const answers = await Promise.all([
      runner.transact(takeCoin('a')),
      runner.transact(takeCoin('a')),
      runner.transact(takeCoin('b')),
    ]);
    expect(answers).toMatchObject([
      { outcome: 'stored', events: [{ data: { coin: 'a' }, revision: 0 }] },
      { outcome: 'unchanged' },
      { outcome: 'stored', events: [{ data: { coin: 'b' }, revision: 1 }] },
    ]);
    expect(await coinsIn()).toEqual(['a', 'b']);
  });

  it('that was stored, and others wrote after it, is answered as stored', async () => {
    store.afterAppend = () => {
      void log.append('till-1', 0, [coinTaken('theirs')]);
      lost();
    };
    expect(await runner.transact(takeCoin('a'))).toMatchObject({ outcome: 'stored', revision: 0 });
    expect(await runner.transact(takeCoin('b'))).toMatchObject({ outcome: 'stored', revision: 2 });
  });

  it('that was not stored is decided again', async () => {
    store.beforeAppend = () => Promise.reject(new OutcomeUnknown('the connection broke'));
    expect(await runner.transact(takeCoin('a'))).toMatchObject({ outcome: 'stored', revision: 0 });
    expect(await coinsIn()).toEqual(['a']);
  });

  it('that was not stored, while others wrote in its place, is decided again', async () => {
    store.beforeAppend = async () => {
      await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
      throw new OutcomeUnknown('the connection broke');
    };
    expect(await runner.transact(takeCoin('a', { limit: 1 }))).toMatchObject({
      outcome: 'refused',
    });
    expect(await coinsIn()).toEqual(['theirs']);
  });

  it('that comes to be while its stream is read back is answered with its place', async () => {
    let comesToBe: (() => Promise<unknown>) | undefined;
    store.append = async (...asked) => {
      comesToBe = () => log.append(...asked);
      lost();
    };
    store.readStream = async (...asked) => {
      const found = await log.readStream(...asked);
      const late = comesToBe;
      comesToBe = undefined;
      await late?.();
      return found;
    };
    const answer = await runner.transact(takeCoin('a'));
    expect(answer).toMatchObject({ revision: 0, position: await log.head() });
    expect(await coinsIn()).toEqual(['a']);
  });

  it('stays unknown when the stream cannot be read back', async () => {
    store.beforeAppend = () => {
      store.readStream = () => Promise.reject(new StoreUnavailable('gone'));
      return Promise.reject(new OutcomeUnknown('the connection broke'));
    };
    await expect(runner.transact(takeCoin('a'))).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});

describe('an outcome that is unknown, of what is not there yet', () => {
  it('stays unknown when the next try cannot be made: the first may still come to be', async () => {
    store.beforeAppend = () => {
      store.beforeAppend = () => Promise.reject(new StoreUnavailable('gone'));
      return Promise.reject(new OutcomeUnknown('the connection broke'));
    };
    await expect(runner.transact(takeCoin('a'))).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(await runner.transact(takeCoin('a'))).toMatchObject({ outcome: 'stored', revision: 0 });
  });

  it('stays unknown when it would be refused now: the first may still come to be', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const { append } = store;
    store.append = async (...asked) => {
      late = () => log.append(...asked);
      store.append = append;
      await runner.transact(takeCoin('b', { stream: 'till-2' }));
      throw new OutcomeUnknown('the connection broke');
    };
    const related = [{ decider: till, stream: 'till-2' }] as const;
    const onlyWhileOtherIsEmpty = takeCoin('a', {
      related,
      decide: (_, [other]) =>
        other!.state.coins.length > 0
          ? refuse('till_must_have_room', {})
          : accept({ type: 'CoinTaken', data: { coin: 'a' } }),
    });
    await expect(runner.transact(onlyWhileOtherIsEmpty)).rejects.toBeInstanceOf(OutcomeUnknown);
    await late!();
    expect(await coinsIn()).toEqual(['a']);
  });

  it('is refused once something else stands in its place', async () => {
    const { append } = store;
    store.append = async () => {
      store.append = append;
      throw new OutcomeUnknown('the connection broke');
    };
    let looks = 0;
    const onlyAtFirst = takeCoin('a', {
      decide: () => {
        looks += 1;
        if (looks > 1) return refuse('till_must_have_room', {});
        return accept({ type: 'CoinTaken', data: { coin: 'a' } });
      },
    });
    const answers = [runner.transact(onlyAtFirst), runner.transact(takeCoin('b'))];
    expect(await Promise.all(answers)).toMatchObject([
      { outcome: 'refused' },
      { outcome: 'stored' },
    ]);
    expect(await coinsIn()).toEqual(['b']);
  });
});
