// The runner told by somebody who follows the log what others wrote: it reads what it knows to be
// behind, and does not read again what was told of to its end.
import { accept, refuse } from '#ledger/decider.ts';
import { newEvent } from './contract/log.ts';
import { sharedStore, type SharedStore, takeCoin } from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

const { now } = performance;
let ahead = 0;
/** How far the follower has come: here at the start of the log. */
let upTo = -1;
let log: SqliteStore;
let store: SharedStore;
let runner: Runner;
let reads: string[];

beforeEach(() => {
  ahead = 0;
  upTo = -1;
  performance.now = () => now.call(performance) + ahead;
  log = openSqliteStore(':memory:');
  store = sharedStore(log);
  reads = [];
  store.readStream = (stream, read) => {
    reads.push(stream);
    return log.readStream(stream, read);
  };
  runner = new Runner({ store });
});

afterEach(async () => {
  performance.now = now;
  await log.close();
});

const coinTaken = (coin: string) => newEvent('', { type: 'CoinTaken', data: { coin } });

const coinsIn = async (stream = 'till-1', of = runner) =>
  (await of.load(takeCoin('', { stream }))).state.coins;

/** What a follower tells after a page in which these streams came to these revisions. */
function hear(revisions: Readonly<Record<string, number>>, after = upTo): void {
  upTo = after + Object.keys(revisions).length;
  const streams = Object.keys(revisions);
  const asOf = performance.now();
  runner.hear({ after, upTo, streams, revisions: Object.values(revisions), asOf });
}

/** Without anybody telling anything, a state is as old as that afterwards. */
const sixSecondsPass = () => void (ahead += 6_000);

it('has a decision rest on what another wrote, as soon as it is told', async () => {
  hear({});
  const ifEmpty = takeCoin('mine', {
    related: [takeCoin('', { stream: 'till-2' })],
    decide: (_, [other]) =>
      other!.state.coins.length > 0
        ? refuse('till_must_have_room')
        : accept({ type: 'CoinTaken', data: { coin: `mine` } }),
  });
  expect(await runner.transact(ifEmpty)).toMatchObject({ outcome: 'stored' });
  await log.append('till-2', 'no_stream', [coinTaken('theirs')]);
  hear({ 'till-2': 0 });
  expect(await runner.transact(ifEmpty)).toMatchObject({ outcome: 'refused' });
});

it('reads what it appends to before a conflict, when that is known to be behind', async () => {
  await runner.transact(takeCoin('mine'));
  await log.append('till-1', 0, [coinTaken('theirs')]);
  hear({ 'till-1': 1 });
  expect(await runner.transact(takeCoin('more'))).toMatchObject({ revision: 2 });
  expect(store.appends).toHaveLength(2);
});

it('hears what is told while the stream is being read', async () => {
  const { promise: isHeard, resolve: heard } = Promise.withResolvers<void>();
  store.readStream = async (stream, read) => {
    const found = await log.readStream(stream, read);
    await isHeard;
    return found;
  };
  const loading = coinsIn();
  await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
  hear({ 'till-1': 0 });
  heard();
  expect(await loading).toEqual(['theirs']);
});

it('reads nothing again that was followed to its end, however long ago it was read', async () => {
  hear({});
  await coinsIn('till-2');
  await runner.transact(takeCoin('mine'));
  hear({ 'till-1': 0, 'till-3': 7 });
  reads.length = 0;
  sixSecondsPass();
  hear({});
  expect([await coinsIn(), await coinsIn('till-2')]).toEqual([['mine'], []]);
  expect(reads).toEqual([]);
});

it('reads a state again that is too old when nothing is told', async () => {
  hear({});
  await coinsIn();
  await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
  sixSecondsPass();
  expect(await coinsIn()).toEqual(['theirs']);
});

it('reads a state again that is too old when something may not have been told', async () => {
  hear({});
  await coinsIn();
  await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
  sixSecondsPass();
  hear({}, upTo + 1);
  expect(await coinsIn()).toEqual(['theirs']);
});

it('reads a state again that is too old and was read before anything was told', async () => {
  await coinsIn();
  await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
  sixSecondsPass();
  hear({});
  expect(await coinsIn()).toEqual(['theirs']);
});

it('looks at nothing that was presumed new, however much is told', async () => {
  hear({});
  await log.append('till-1', 'no_stream', [coinTaken('theirs')]);
  const taken = runner.transact(takeCoin('mine', { isPresumedNew: true }));
  hear({});
  expect(await coinsIn()).toContain('theirs');
  expect(await taken).toMatchObject({ outcome: 'stored', revision: 1 });
});

it('does not wait for what it was told of and does not find', async () => {
  hear({ 'till-1': 5 });
  const loading = coinsIn();
  hear({ 'till-1': 5 });
  expect(await loading).toEqual([]);
});
