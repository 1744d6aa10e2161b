import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { jest } from '@jest/globals';
import { newEvent, newEvents } from './contract/log.ts';
import {
  LogCorrupt,
  LogForeign,
  LogLocked,
  LogMissing,
  LogTooNew,
  LogUnwritable,
} from './log-file-errors.ts';
import { OutcomeUnknown, START, StoreUnavailable } from './port.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  file = join(folder, 'ledger.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A log with a few events, closed. */
async function storedLog(events = 5): Promise<Buffer> {
  const store = openSqliteStore(file);
  await store.append('task-a', 'no_stream', newEvents(events));
  await store.close();
  return readFileSync(file);
}

/** Runs a script that imports the store beside this file, in a process of its own. */
function inChild(script: string) {
  const store = new URL('./sqlite-store.ts', import.meta.url).href;
  const source = `import { openSqliteStore } from '${store}'; const file = '${file}';`;
  const args = [
    '--input-type=module',
    '--disable-warning=ExperimentalWarning',
    '-e',
    source + script,
  ];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('a file that is no log', () => {
  it.each([
    ['of another program', () => writeFileSync(file, 'dear diary, '.repeat(100))],
    ['that is empty', () => writeFileSync(file, '')],
    [
      'of SQLite, with tables of another program',
      () => {
        const other = new DatabaseSync(file);
        other.exec('PRAGMA journal_mode = WAL; CREATE TABLE diary (day TEXT)');
        other.close();
      },
    ],
  ])('is refused and left as it is: one %s', (_, write) => {
    write();
    const before = readFileSync(file);
    expect(() => openSqliteStore(file)).toThrow(LogForeign);
    expect(() => openSqliteReader(file)).toThrow(LogForeign);
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['ledger.db']);
  });

  it('is refused and left as it is: one of a newer version', async () => {
    await storedLog();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const before = readFileSync(file);
    expect(() => openSqliteStore(file)).toThrow(LogTooNew);
    expect(() => openSqliteStore(file)).toThrow('has format 99');
    expect(() => openSqliteReader(file)).toThrow(LogTooNew);
    expect(readFileSync(file)).toEqual(before);
  });

  it('that does not exist cannot be read, and is not created by trying', () => {
    expect(() => openSqliteReader(file)).toThrow(LogMissing);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('in a folder that does not exist cannot be created', () => {
    expect(() => openSqliteStore(join(folder, 'nowhere', 'ledger.db'))).toThrow(LogUnwritable);
  });
});

describe('a damaged log', () => {
  it('that was cut short is refused and left as it is', async () => {
    const whole = await storedLog(200);
    writeFileSync(file, whole.subarray(0, 8192));
    expect(() => openSqliteStore(file)).toThrow(LogCorrupt);
    expect(readFileSync(file)).toEqual(whole.subarray(0, 8192));
  });

  it('whose end is not what was appended is refused, naming the event', async () => {
    await storedLog();
    const tamper = new DatabaseSync(file);
    tamper.exec(`UPDATE events SET data = '{"note":9}' WHERE position = 3`);
    tamper.close();
    expect(() => openSqliteStore(file)).toThrow('task-a@3');
  });

  it('fails a reader that comes upon a gap', async () => {
    await storedLog();
    const tamper = new DatabaseSync(file);
    tamper.exec('DELETE FROM events WHERE position = 2');
    tamper.close();
    const reader = openSqliteReader(file);
    await expect(reader.readAll()).rejects.toBeInstanceOf(LogCorrupt);
    await expect(reader.readAll()).rejects.toThrow('the event at 2 is missing before 3');
    await expect(reader.readAllFacts()).rejects.toThrow('the event at 2 is missing before 3');
    await reader.close();
  });
});

describe('the writer of a log', () => {
  it('is one: a second one is refused, naming the first', async () => {
    const store = openSqliteStore(file);
    expect(() => openSqliteStore(file)).toThrow(LogLocked);
    const child = inChild('openSqliteStore(file)');
    expect(child.status).not.toBe(0);
    expect(child.stderr).toContain(`is in use by the process with pid ${process.pid}`);
    await store.append('task-a', 'no_stream', newEvents(1));
    await store.close();
    await openSqliteStore(file).close();
  });

  it('is free again after the writer was killed', async () => {
    const child = inChild(`openSqliteStore(file); process.kill(process.pid, 'SIGKILL')`);
    expect(child.signal).toBe('SIGKILL');
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(1));
    await store.close();
  });

  it('waits for the disk at each commit', async () => {
    const store = openSqliteStore(file);
    const { database } = store as unknown as { database: DatabaseSync };
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    await store.close();
  });

  it('does nothing while it is idle', async () => {
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(1));
    await delay(20);
    const { database } = store as unknown as { database: DatabaseSync };
    expect(database.isTransaction).toBe(false);
    const exec = jest.spyOn(database, 'exec');
    await delay(20);
    expect(exec).not.toHaveBeenCalled();
    await store.close();
  });

  it('does not keep readers out', async () => {
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(2));
    const reader = openSqliteReader(file);
    await store.append('task-a', 1, newEvents(1));
    expect(await reader.readAll()).toEqual(await store.readAll());
    expect(reader.logId).toBe(store.logId);
    await reader.close();
    await store.close();
  });

  it('is refused on a file that it may not write', async () => {
    const before = await storedLog();
    chmodSync(folder, 0o777);
    chmodSync(file, 0o444);
    rmSync(join(folder, 'ledger.lock'));
    // The superuser may write anything: for once, be somebody else.
    const isSuperuser = process.geteuid?.() === 0;
    if (isSuperuser) process.seteuid!(65_534);
    try {
      expect(() => openSqliteStore(file)).toThrow(LogUnwritable);
      expect(() => openSqliteStore(file)).toThrow('ledger.db cannot be opened for writing');
    } finally {
      if (isSuperuser) process.seteuid!(0);
    }
    expect(readFileSync(file)).toEqual(before);
  });
});

describe('a follower beside the writer', () => {
  it('sees what is stored without being nudged', async () => {
    const store = openSqliteStore(file);
    const reader = openSqliteReader(file);
    const stop = new AbortController();
    const following = reader.follow({ after: START, signal: stop.signal });
    const seen = following[Symbol.asyncIterator]().next();
    await store.append('task-a', 'no_stream', newEvents(1));
    expect(await seen).toMatchObject({ value: [{ stream: 'task-a' }] });
    stop.abort();
    await reader.close();
    await store.close();
  });
});

describe('a full disk', () => {
  /** As good as a disk of so many pages. */
  function limitPages(store: SqliteStore, pages: number): void {
    const { database } = store as unknown as { database: DatabaseSync };
    database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  it('fails the appends of the moment, and nothing else', async () => {
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(2));
    limitPages(store, 20);
    const big = newEvent('x'.repeat(200_000));
    const outcomes = await Promise.allSettled([
      store.append('task-a', 1, newEvents(1)),
      store.append('task-b', 'no_stream', [big]),
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    expect(await store.readAll()).toHaveLength(2);
    await store.append('task-a', 1, newEvents(1));
    limitPages(store, 10_000);
    await store.append('task-b', 'no_stream', [big]);
    expect((await store.readAll()).map(({ logIndex }) => logIndex)).toEqual([0, 1, 2, 3]);
    await store.close();
  });
});

describe('a commit that fails', () => {
  /** What SQLite says when the disk breaks in the middle of a commit. */
  const brokenDisk = () => Object.assign(new Error('disk I/O error'), { errcode: 266 });

  it('acknowledges nothing, leaves its outcome unknown and the log whole', async () => {
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(2));
    const { database } = store as unknown as { database: DatabaseSync };
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql !== 'COMMIT') return exec(sql);
      database.exec = exec;
      throw brokenDisk();
    };
    const outcomes = await Promise.allSettled([
      store.append('task-a', 1, newEvents(1)),
      store.append('task-b', 'no_stream', newEvents(1)),
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(OutcomeUnknown) });
    expect(await store.readAll()).toHaveLength(2);
    await store.append('task-a', 1, newEvents(1));
    await store.append('task-b', 'no_stream', newEvents(1));
    await store.close();
    const again = openSqliteStore(file);
    expect((await again.readAll()).map(({ stream }) => stream.at(-1))).toEqual([...'aaab']);
    await again.close();
  });
});
