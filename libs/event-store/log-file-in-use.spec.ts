import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEvents } from './contract/log.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  file = join(folder, 'ledger.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Fills a log in a process of its own, which is killed with all of it in the write-ahead log. */
function killedWriter() {
  const module = (name: string) => new URL(name, import.meta.url).href;
  const script = `
    import { openSqliteStore } from '${module('./sqlite-store.ts')}';
    import { newEvent } from '${module('./contract/log.ts')}';
    const store = openSqliteStore('${file}');
    for (let i = 0; i < 200; i += 1)
      await store.append('task-' + i, 'no_stream', [newEvent('x'.repeat(200))]);
    process.kill(process.pid, 'SIGKILL')`;
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('a writer that was killed in the middle of a checkpoint', () => {
  /** The last version of the first page in the write-ahead log. */
  function firstPageOf(wal: Buffer): Buffer {
    const size = wal.readUInt32BE(8);
    let found: Buffer | undefined;
    for (let at = 32; at + 24 + size <= wal.length; at += 24 + size)
      if (wal.readUInt32BE(at) === 1) found = wal.subarray(at + 24, at + 24 + size);
    return found!;
  }

  it.each(['', '-shm'])('leaves a log that opens again, whole: with ledger.db%s', async (last) => {
    expect(killedWriter().signal).toBe('SIGKILL');
    const whole = readFileSync(file);
    const first = firstPageOf(readFileSync(`${file}-wal`));
    // Pages are copied in order: the first one says how many there are before they are there.
    writeFileSync(file, Buffer.concat([first, whole.subarray(first.length)]));
    expect(first.readUInt32BE(28)).toBeGreaterThan(whole.length / first.length);
    if (last === '') rmSync(`${file}-shm`);
    const reader = openSqliteReader(file);
    expect(await reader.readAll()).toHaveLength(200);
    await reader.close();
    const store = openSqliteStore(file);
    expect(await store.readAll()).toHaveLength(200);
    await store.close();
  });
});

describe('a reader in the process of the writer', () => {
  // Closing any descriptor of a file gives up all locks that the process has on it (POSIX), and
  // whoever then closes the database as "the last one" would remove the write-ahead log in use.
  const LOCKS = '/proc/locks';
  const itOnLinux = existsSync(LOCKS) ? it : it.skip;

  itOnLinux('takes none of its locks away', async () => {
    const store = openSqliteStore(file);
    await store.append('task-a', 'no_stream', newEvents(2));
    const inode = `:${statSync(file).ino} `;
    const held = () =>
      readFileSync(LOCKS, 'utf8')
        .split('\n')
        .filter((line) => line.includes(inode));
    expect(held()).toHaveLength(1);
    await openSqliteReader(file).close();
    expect(held()).toHaveLength(1);
    await store.close();
  });
});
