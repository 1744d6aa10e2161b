// What a log is called, and the marks beside the file of one that is being copied into.
import { linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileMarks } from './log-marks.ts';
import { nameOf } from './log-source.ts';

describe('the name of a log on a server', () => {
  it.each([
    'esdb://ada:s3cret@host:2113?tls=true',
    'esdb+discover://ada:s3/cr?et@host:2113',
    'esdb://ada:line\ns3cret@host:2113',
  ])('holds no password: %j', (connection) => {
    const name = nameOf({ kind: 'eventstoredb', connection, prefix: 'shop.' });
    expect(name).toBe('EventStoreDB at host:2113 under shop.');
  });
});

describe('the mark of a copy', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-marks-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is there whole whenever the copy is killed: it is replaced, never written over', async () => {
    const { copyOf: mark } = fileMarks(join(directory, 'ledger.db'));
    await mark.set('log-1');
    linkSync(join(directory, 'copy-of.txt'), join(directory, 'as-it-was.txt'));
    await mark.set('log-2');
    expect(await mark.find()).toBe('log-2');
    expect(readFileSync(join(directory, 'as-it-was.txt'), 'utf8')).toBe('log-1\n');
    await mark.remove();
    expect(await mark.find()).toBeUndefined();
  });
});
