import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { accept, type Decider, type SnapshotCodec } from '#ledger/decider.ts';
import { LogForeign } from './log-file-errors.ts';
import type { EventStore, StreamRead } from './port.ts';
import { type CoinTaken, context, takeCoin, type Till, till } from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSnapshotCache, type SnapshotCache } from './snapshot-cache.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const parsed = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/** Parts of at most 400 coins; the head counts them. */
const codec: SnapshotCodec<Till> = {
  save: ({ coins }, savedEntries) => {
    const parts: Uint8Array[] = [];
    for (let i = savedEntries; i < coins.length; i += 400)
      parts.push(json(coins.slice(i, i + 400)));
    return { head: json({ coins: coins.length }), parts, entries: coins.length };
  },
  restore: (head) => {
    const coins: string[] = [];
    return {
      add: (part) => void coins.push(...(parsed(part) as string[])),
      finish: () => {
        const expected = (parsed(head) as { coins: number }).coins;
        if (coins.length !== expected) throw new Error('parts are missing');
        return { coins };
      },
    };
  },
};

const snapshotTill: Decider<Till, CoinTaken> = { ...till, snapshot: codec };
const ref = { decider: snapshotTill, stream: 'till-1' };

let folder: string;
let file: string;
let store: SqliteStore;
let cache: SnapshotCache;

/** How many events the store was asked for and gave. */
let read: number;

function counting(of: EventStore): EventStore {
  return Object.assign(Object.create(of) as EventStore, {
    isOnlyWriter: true,
    append: of.append.bind(of),
    readStream: async (stream: string, range: StreamRead) => {
      const events = await of.readStream(stream, range);
      read += events.length;
      return events;
    },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  file = join(folder, 'cache.db');
  store = openSqliteStore(':memory:');
  cache = openSnapshotCache(file, store.logId);
});

afterEach(async () => {
  cache.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const coin = (name: string, decider = snapshotTill) =>
  takeCoin(name, { decider, decide: () => accept({ type: 'CoinTaken', data: { coin: name } }) });

async function taken(runner: Runner, from: number, to: number): Promise<void> {
  const names = Array.from({ length: to - from }, (_, i) => `coin ${from + i}`);
  await Promise.all(names.map((name) => runner.transact(coin(name))));
}

/** Coins taken by a runner that saved its state when it was closed. */
async function saved(coins = 3_000): Promise<void> {
  const runner = new Runner({ store, snapshots: cache });
  await taken(runner, 0, coins);
  await runner.close();
}

/** What a runner that begins anew finds, and how many events it read for that. */
async function found(decider = snapshotTill, snapshots = cache) {
  read = 0;
  const runner = new Runner({ store: counting(store), snapshots });
  const { state, revision } = await runner.load({ ...ref, decider });
  return { coins: state.coins, revision, read };
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `coin ${i}`);

describe('a snapshot', () => {
  it('spares a restart the events that it holds', async () => {
    await saved();
    expect(await found()).toEqual({ coins: names(3_000), revision: 2_999, read: 1 });
  });

  it('is read on from where it ends', async () => {
    await saved();
    await taken(new Runner({ store }), 3_000, 3_010);
    expect(await found()).toEqual({ coins: names(3_010), revision: 3_009, read: 11 });
  });

  it('is saved while commands come in, at a cost in proportion to what is new', async () => {
    const runner = new Runner({ store, snapshots: cache });
    for (let i = 0; i < 26; i += 1) await taken(runner, i * 1_000, (i + 1) * 1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { coins, read: events } = await found();
    expect(coins).toEqual(names(26_000));
    expect(events).toBeLessThan(10_002);
    const parts = new DatabaseSync(file, { readOnly: true });
    const bytes = parts.prepare('SELECT sum(length(content)) AS bytes FROM parts').get();
    parts.close();
    expect(bytes).toEqual({ bytes: expect.any(Number) });
    expect(bytes!['bytes']).toBeLessThan(26_000 * 14);
  });

  it('is saved while a long stream is read for the first time', async () => {
    for (let i = 0; i < 11; i += 1) await taken(new Runner({ store }), i * 1_000, (i + 1) * 1_000);
    expect(await found()).toMatchObject({ read: 11_000 });
    expect((await found()).read).toBeLessThan(1_002);
  });

  it('holds the idempotency keys of the events that it holds', async () => {
    const keyed = (key: string) => ({
      ...coin(key),
      context: context({ idempotencyKey: key, requestHash: 'a'.repeat(64) }),
    });
    const runner = new Runner({ store, snapshots: cache });
    await runner.transact(keyed('key-1'));
    await taken(runner, 0, 2_000);
    await runner.close();
    const again = new Runner({ store: counting(store), snapshots: cache });
    read = 0;
    const answer = await again.transact(keyed('key-1'));
    expect(answer).toMatchObject({ outcome: 'repeated', events: [{ data: { coin: 'key-1' } }] });
    expect(read).toBe(2);
  });

  it('changes no decision: with it and without it commands are decided alike', async () => {
    const step = fc.record({
      coin: fc.integer({ min: 0, max: 2_100 }),
      limit: fc.integer({ min: 1_995, max: 2_020 }),
    });
    await saved(2_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const answers = [];
        for (const snapshots of [cache, undefined]) {
          const runner = new Runner({ store, ...(snapshots && { snapshots }) });
          const commands = steps.map(({ coin: n, limit }) =>
            takeCoin(`coin ${n}`, { decider: snapshotTill, limit }),
          );
          // Told apart from storing: what each would be answered, by its refusal or by being done.
          const { state } = await runner.load(ref);
          answers.push(commands.map(({ decide }) => decide(state, [])));
        }
        expect(answers[0]).toEqual(answers[1]);
        const live = new Runner({ store, snapshots: cache });
        for (const { coin: n, limit } of steps)
          await live.transact(takeCoin(`coin ${n}`, { decider: snapshotTill, limit }));
      }),
      { numRuns: 15 },
    );
  });
});

describe('a snapshot that does not fit is discarded', () => {
  const discarded = { coins: names(3_000), revision: 2_999, read: expect.any(Number) };

  async function expectDiscarded(
    result: Promise<{ coins: readonly string[]; revision: unknown; read: number }>,
  ) {
    const { read: events, ...rest } = await result;
    expect({ ...rest, read: events }).toEqual(discarded);
    expect(events).toBeGreaterThanOrEqual(3_000);
  }

  function tamper(sql: string): void {
    const other = new DatabaseSync(file);
    other.exec(sql);
    other.close();
  }

  it('when it was made by another version of the fold', async () => {
    await saved();
    await expectDiscarded(found({ ...snapshotTill, foldVersion: 2 }));
  });

  it('when it was made from another log', async () => {
    await saved();
    cache.close();
    cache = openSnapshotCache(file, 'another log');
    await expectDiscarded(found());
  });

  it('when the log was put back and went another way from before its end', async () => {
    await saved();
    const other = counting(store);
    const asStored = other.readStream.bind(other);
    other.readStream = async (stream, range) =>
      (await asStored(stream, range)).map((event) =>
        event.revision > 2_900 ? { ...event, id: `other ${event.id}` } : event,
      );
    read = 0;
    const { state } = await new Runner({ store: other, snapshots: cache }).load(ref);
    expect(state.coins).toHaveLength(3_000);
    expect(read).toBeGreaterThanOrEqual(3_000);
  });

  it.each([
    ['the event at its end is another', `UPDATE snapshots SET eventId = 'other'`],
    ['it ends behind the log', 'UPDATE snapshots SET revision = 5000'],
    ['upcasts were others', 'UPDATE snapshots SET upcastsVersion = 99'],
    ['its revision was changed', 'UPDATE snapshots SET revision = 10'],
    ['its head was changed', `UPDATE snapshots SET head = CAST('{"coins":2600}' AS BLOB)`],
    ['a part is missing', 'DELETE FROM parts WHERE number = 1'],
    [
      'a byte of a part was changed',
      "UPDATE parts SET content = CAST(replace(content, '17', '71') AS BLOB) WHERE number = 0",
    ],
    [
      'parts changed places',
      'UPDATE parts SET number = 102 - number WHERE number < 3;' +
        'UPDATE parts SET number = number - 100 WHERE number > 99',
    ],
    ['a part is of another kind', "UPDATE parts SET kind = 'keys' WHERE number = 1"],
    ['a part is no part', "UPDATE parts SET content = x'00' WHERE number = 0"],
  ])('when %s', async (_, sql) => {
    await saved();
    tamper(sql);
    await expectDiscarded(found());
    expect((await found()).read).toBeGreaterThanOrEqual(3_000);
  });
});

describe('a cache file', () => {
  it('that was deleted is begun anew', async () => {
    await saved();
    cache.close();
    rmSync(file);
    cache = openSnapshotCache(file, store.logId);
    expect(await found()).toEqual({ coins: names(3_000), revision: 2_999, read: 3_000 });
  });

  it.each([
    ['at its beginning', 0],
    ['in its middle', 0.5],
  ])('that is damaged %s is harmless', async (_, at) => {
    await saved();
    cache.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, Math.floor(bytes.length * at), Math.floor(bytes.length * at) + 6_000);
    writeFileSync(file, bytes);
    cache = openSnapshotCache(file, store.logId);
    expect(await found()).toMatchObject({ coins: names(3_000) });
    await saved(0);
    expect(await found()).toMatchObject({ coins: names(3_000) });
  });

  it('of another program is refused and left as it is', () => {
    const foreign = join(folder, 'other.db');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE diary (day TEXT)');
    other.close();
    const before = readFileSync(foreign);
    expect(() => openSnapshotCache(foreign, store.logId)).toThrow(LogForeign);
    expect(readFileSync(foreign)).toEqual(before);
  });
});
