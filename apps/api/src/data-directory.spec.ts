import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogLocked } from '#event-store/log-file-errors.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { type Config, configFrom } from './config.ts';
import { keepLogId, takeDataDirectory } from './data-directory.ts';

describe('a data directory', () => {
  let directory: string;
  let embedded: Config;
  let shared: Config;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'data-directory-'));
    embedded = configFrom({ PROMO_LEDGER_DATA: directory });
    shared = configFrom({
      PROMO_LEDGER_DATA: directory,
      PROMO_LEDGER_EVENTSTORE_URL: 'esdb://ops:secret@h:2113?tls=false',
    });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const refusalOf = (attempt: () => unknown): string => {
    try {
      attempt();
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    return 'nothing';
  };

  it('is one process at a time, whichever store has the log', () => {
    const lock = takeDataDirectory(shared);
    expect(() => takeDataDirectory(shared)).toThrow(LogLocked);
    lock.release();
    takeDataDirectory(shared).release();
  });

  it('with a log of its own is not taken for one on a server', () => {
    writeFileSync(join(directory, 'ledger.db'), '');
    expect(refusalOf(() => takeDataDirectory(shared))).toMatch(/^DataDirectoryRefused/);
    const says = refusalOf(() => takeDataDirectory(shared));
    expect(says).toMatch(/^DataDirectoryRefused: .* holds a ledger of its own .*EVENTSTORE_URL/);
    expect(says).not.toContain('secret');
  });

  it('where an embedded log is in use is left alone before anything is looked at', async () => {
    const store = openSqliteStore(join(directory, 'ledger.db'));
    expect(() => takeDataDirectory(shared)).toThrow(LogLocked);
    await store.close();
  });

  it('of a log on a server begins no empty one when the address was forgotten', () => {
    keepLogId(shared, 'log-1');
    expect(refusalOf(() => takeDataDirectory(embedded))).toMatch(
      /^DataDirectoryRefused: .* belongs to a log on EventStoreDB .*EVENTSTORE_URL is not set/,
    );
  });

  it('is of one log for ever', () => {
    keepLogId(shared, 'log-1');
    keepLogId(shared, 'log-1');
    expect(refusalOf(() => keepLogId(shared, 'log-2'))).toMatch(
      /^DataDirectoryRefused: .* belongs to the log log-1, but EventStoreDB at h:2113 holds log-2/,
    );
  });

  it('whose mark is damaged is not guessed at', () => {
    writeFileSync(join(directory, 'log.json'), '{"format":');
    expect(refusalOf(() => keepLogId(shared, 'log-1'))).toMatch(/log.json is damaged/);
    expect(refusalOf(() => takeDataDirectory(embedded))).toMatch(/log.json is damaged/);
  });
});
