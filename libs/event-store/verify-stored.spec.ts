import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accept } from '#ledger/decider.ts';
import { LogFileError } from './log-file-errors.ts';
import { context, takeCoin } from './runner.fixtures.ts';
import { Runner } from './runner.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { verifyStored } from './verify-stored.ts';

let folder: string;
let whole: string;
let file: string;

/** 40 commands on four streams, some with a key, some of two events. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  whole = join(folder, 'whole.db');
  const store = openSqliteStore(whole);
  const runner = new Runner({ store });
  for (let i = 0; i < 40; i += 1) {
    const keyed = { idempotencyKey: `key-${i}`, requestHash: 'ab'.repeat(32) };
    const taken = (coin: string) => ({ type: 'CoinTaken', data: { coin } }) as const;
    await runner.transact(
      takeCoin('', {
        stream: `till-${i % 4}`,
        context: context(i % 3 === 0 ? keyed : {}),
        decide: () =>
          i % 5 === 0 ? accept(taken(`a${i}`), taken(`b${i}`)) : accept(taken(`c${i}`)),
      }),
    );
  }
  await runner.close();
  await store.close();
});

beforeEach(() => {
  file = join(folder, 'copy.db');
  cpSync(whole, file);
});

afterAll(() => rmSync(folder, { recursive: true }));

function tamper(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

describe('a log as it was appended', () => {
  it('has no difference', async () => {
    const progress: number[] = [];
    const verified = await verifyStored(file, (events) => progress.push(events));
    expect(verified).toEqual({ events: 48, chain: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(progress.at(-1)).toBe(48);
  });

  it('has the chain that its copy has', async () => {
    expect((await verifyStored(file)).chain).toBe((await verifyStored(whole)).chain);
  });
});

describe('a changed log', () => {
  it.each([
    ['data', `UPDATE events SET data = '{"coin":"x"}' WHERE position = 10`],
    ['the form of data', `UPDATE events SET data = replace(data, '{', '{ ') WHERE position = 10`],
    ['data, to no JSON', `UPDATE events SET data = '{' WHERE position = 10`],
    ['its ids', `UPDATE events SET ids = zeroblob(48) WHERE position = 10`],
    ['its ids, to other bytes', `UPDATE events SET ids = zeroblob(5) WHERE position = 10`],
    ['the recorded time', 'UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 10'],
    [
      'the type',
      `INSERT INTO types VALUES (9, 'CoinLost'); UPDATE events SET type = 9 WHERE position = 10`,
    ],
    ['the type, to none', 'UPDATE events SET type = 99 WHERE position = 10'],
    [
      'the actor',
      `INSERT INTO actors VALUES (9, 'x'); UPDATE events SET actor = 9 WHERE position = 10`,
    ],
    ['the chain', 'UPDATE events SET chain = zeroblob(32) WHERE position = 10'],
    ['the key', `UPDATE events SET idempotency_key = 'other' WHERE position = 10`],
    ['the request hash', `UPDATE events SET request_hash = zeroblob(32) WHERE position = 10`],
    ['the revision', 'UPDATE events SET revision = 99 WHERE position = 10'],
  ])('is found when it was changed in one event: %s', async (_, sql) => {
    const at = new DatabaseSync(file);
    const query =
      'SELECT name, revision FROM events JOIN streams ON id = stream WHERE position = 10';
    const place = at.prepare(query).get()!;
    at.close();
    tamper(sql);
    const { difference, events } = await verifyStored(file);
    expect(events).toBe(10);
    const revision = sql.includes('revision = 99') ? 99 : Number(place['revision']);
    expect(difference?.ref).toBe(`${String(place['name'])}@${revision}`);
  });

  it.each([
    [
      'a stream has another name',
      `UPDATE streams SET name = 'till-9' WHERE name = 'till-0'`,
      'till-9@0',
    ],
    ['a type has another name', `UPDATE types SET name = 'CoinLost'`, 'till-0@0'],
    ['an actor has another name', `UPDATE actors SET name = 'finance:eve'`, 'till-0@0'],
    ['the log has another id', `UPDATE log SET log_id = 'x'`, 'till-0@0'],
    ['a stream is gone', `DELETE FROM streams WHERE name = 'till-0'`, 'the event at 0'],
    ['an event in the middle is gone', 'DELETE FROM events WHERE position = 10', 'the event at 10'],
    [
      'two events changed places',
      'UPDATE events SET position = -1 WHERE position = 3;' +
        'UPDATE events SET position = 3 WHERE position = 4;' +
        'UPDATE events SET position = 4 WHERE position = -1',
      'till-3@0',
    ],
  ])('is found when %s', async (_, sql, ref) => {
    tamper(sql);
    expect((await verifyStored(file)).difference?.ref).toBe(ref);
  });

  it('is found when whoever changed it made the chain anew, by the id of the event', async () => {
    const { chainNext, canonicalEvent } = await import('./canonical-event.ts');
    const { openSqliteReader } = await import('./sqlite-reader.ts');
    const reader = openSqliteReader(file);
    const events = await reader.readAllText();
    await reader.close();
    const database = new DatabaseSync(file);
    const chainAt = (position: number) =>
      String(
        database
          .prepare('SELECT lower(hex(chain)) AS c FROM events WHERE position = ?')
          .get(position)!['c'],
      );
    let chain = chainAt(9);
    for (const event of events.slice(10)) {
      const data = event.logIndex === 10 ? '{"coin":"forged"}' : event.data;
      const { canonicalJson } = await import('#ledger/canonical-json.ts');
      const parts = { data, metadata: canonicalJson(event.metadata) };
      chain = chainNext(chain, canonicalEvent(event, event, parts));
      database
        .prepare('UPDATE events SET data = ?, chain = ? WHERE position = ?')
        .run(data, Buffer.from(chain, 'hex'), event.logIndex);
    }
    database.close();
    const { difference } = await verifyStored(file);
    expect(difference).toMatchObject({ ref: `${events[10]!.stream}@${events[10]!.revision}` });
    expect(difference!.what).toContain('id');
  });

  it('is found when the index does not lead to an event', async () => {
    const without = (sql: string) => {
      const database = new DatabaseSync(file);
      database.enableDefensive(false);
      database.exec('PRAGMA writable_schema = ON');
      database.exec(sql);
      database.close();
    };
    tamper(
      'CREATE TABLE kept AS SELECT * FROM events WHERE position = 10;' +
        'DELETE FROM events WHERE position = 10',
    );
    without(`CREATE TABLE kept_schema AS
               SELECT * FROM sqlite_schema WHERE name = 'events_by_stream';
             DELETE FROM sqlite_schema WHERE name = 'events_by_stream'`);
    tamper('INSERT INTO events SELECT * FROM kept');
    without('INSERT INTO sqlite_schema SELECT * FROM kept_schema');
    const { difference } = await verifyStored(file);
    expect(difference?.ref).toBe('till-1@3');
    expect(difference?.what).toContain('missing from index');
  });
});

describe('any one bit of the file', () => {
  it('that was changed is found, or was no part of what is stored', async () => {
    const { chain, events } = await verifyStored(whole);
    const bytes = readFileSync(whole);
    let found = 0;
    for (let at = 100; at < bytes.length; at += 211) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(file, changed);
      const verified = await verifyStored(file).catch((error: unknown) => error);
      const isFound = verified instanceof LogFileError || 'difference' in (verified as object);
      if (isFound) found += 1;
      else expect(verified).toEqual({ chain, events });
    }
    expect(found).toBeGreaterThan(20);
  });
});
