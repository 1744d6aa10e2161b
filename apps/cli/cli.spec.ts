import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configFrom } from '#api/config.ts';
import { serve } from '#api/serve.ts';
import { commandLine as cli } from '../../test/support/command-line.ts';

const CSV = [
  'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
  '1001,85123A,HEART,6,2010-12-01 08:26:00,2.55,100.0,France',
  '1002,71053,LANTERN,10,2010-12-02 08:26:00,33.9,101.0,France',
  'C1003,85123A,HEART,-2,2010-12-03 08:00:00,2.55,100.0,France',
  'C1004,85123A,HEART,-9,2010-12-04 08:00:00,2.55,100.0,France',
  '',
].join('\n');

const root = mkdtempSync(join(tmpdir(), 'promo-ledger-cli-'));
const orders = join(root, 'orders.csv');
writeFileSync(orders, CSV);
const fresh = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));

describe('bad usage', () => {
  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['close', '2026-13'], 'must be a month like 2026-03'],
    [['trial-balance', '--at', 'x'], 'must be a whole number'],
    [['events', '--bogus'], "unknown option '--bogus'"],
    [['import'], "missing required argument 'file'"],
    [['import', 'x.csv', '--preset', 'none'], 'online-retail'],
    [['replay', 'nonsense'], 'there is no projection nonsense'],
    [['import', 'no.csv'], 'no.csv: no such file'],
  ])('%j ends with 2 and says what is wrong', async (argv, sentence) => {
    const { code, out, err } = await cli(...argv);
    expect(err).toContain(sentence);
    expect([code, out]).toEqual([2, '']);
  });

  it('help tells the commands, the exit codes and the rule of each preset', async () => {
    const { code, out } = await cli('--help');
    expect([code, out.includes('statements'), out.includes('Exit codes')]).toEqual([0, true, true]);
    expect((await cli('import', '--help')).out).toContain('half away from zero');
  });
});

describe('a directory that holds no ledger, or something else', () => {
  it.each([[['trial-balance']], [['events']], [['doctor']], [['statements', 'list']]])(
    '%j ends with 3 and leaves nothing behind',
    async (argv) => {
      const directory = fresh('nowhere');
      const { code, err } = await cli(...argv, '--data', directory);
      expect([code, existsSync(directory)]).toEqual([3, false]);
      expect(err).toContain('holds no ledger');
    },
  );

  it.each([[['trial-balance']], [['close', '2026-01']], [['doctor']]])(
    '%j ends with 3 on a foreign file, which stays as it was',
    async (argv) => {
      const directory = mkdtempSync(join(root, 'foreign-'));
      const file = join(directory, 'ledger.db');
      writeFileSync(file, 'The quick brown fox. '.repeat(100));
      const before = readFileSync(file);
      const { code, err } = await cli(...argv, '--data', directory);
      expect([code, err.includes('is not a Promo Ledger log')]).toEqual([3, true]);
      expect(readFileSync(file).equals(before)).toBe(true);
    },
  );

  it('no demo is made in a directory that another made', async () => {
    const directory = mkdtempSync(join(root, 'precious-'));
    writeFileSync(join(directory, 'letter.txt'), 'keep me');
    const { code, err } = await cli('demo', '--data', directory);
    expect([code, err.includes('stays as it is')]).toEqual([3, true]);
    expect(readFileSync(join(directory, 'letter.txt'), 'utf8')).toBe('keep me');
  });
});

describe('a ledger without a service', () => {
  const data = ['--data', fresh('ledger')];

  it('takes an import, which adds up', async () => {
    const { code, out } = await cli('import', orders, ...data);
    expect([code, out.includes('The endings add up to the file.')]).toEqual([0, true]);
    expect(out).toMatch(/refused +more_than_remains +1 +1 +-22\.95/);
  });

  it('tells an import to a program', async () => {
    const { code, out } = await cli('import', orders, ...data, '--json');
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ lines: 4 })]);
  });

  it('closes a month through the same module, once', async () => {
    const first = await cli('close', '2010-12', ...data);
    expect(first.out).toContain('2 statements issued');
    expect(await cli('close', '2010-12', ...data)).toMatchObject({ code: 0, out: first.out });
  });

  it('refuses what a rule forbids with 4, naming the rule', async () => {
    const { code, err } = await cli('close', '2011-05', ...data);
    expect([code, /\(\w*period\w*\)/.test(err)]).toEqual([4, true]);
  });

  it('lists, shows and verifies statements', async () => {
    const listed = await cli('statements', 'list', ...data, '--json');
    const [first] = listed.out.split('\n').map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({ payeeId: 'influencer_20', linesMinor: '77', currency: 'GBP' });
    const shown = await cli('statements', 'show', 'influencer_20', '2010-12', ...data);
    expect(shown.out).toContain('Statement of influencer_20 for 2010-12 in GBP');
    const one = await cli('statements', 'verify', 'influencer_20', '2010-12', ...data);
    expect([one.code, one.out.includes('match')]).toEqual([0, true]);
    const all = await cli('statements', 'verify', ...data);
    expect([all.code, all.out]).toEqual([0, expect.stringContaining('2 of 2 statements match')]);
  });

  it('has a trial balance of zero, now and at any place before', async () => {
    const now = await cli('trial-balance', ...data, '--accounts');
    expect([now.code, now.out]).toEqual([
      0,
      expect.stringContaining('payee:influencer_20:payable'),
    ]);
    const early = await cli('trial-balance', ...data, '--at', '3', '--json');
    expect(JSON.parse(early.out)).toEqual({ isZero: true, currencies: [] });
  });

  it('shows events, and explains an order line by line', async () => {
    const one = await cli('events', 'order-France/1001@0', ...data, '--json');
    expect(JSON.parse(one.out)).toMatchObject({ type: 'OrderAttributed', revision: 0 });
    const explained = await cli('explain', 'France/1001', ...data);
    expect(explained.out).toContain('1530 × 750 basis points = 114.75');
    expect((await cli('explain', 'France/nope', ...data)).code).toBe(3);
  });

  it('answers a query, and refuses one that would write', async () => {
    const { code, out } = await cli('query', 'SELECT 40 + 2 AS answer', ...data, '--json');
    expect([code, JSON.parse(out).rows]).toEqual([0, [[42]]]);
    expect((await cli('query', 'DROP TABLE events', ...data)).code).toBe(2);
    expect((await cli('query', '--list', ...data)).code).toBe(0);
  });

  it('replays to the same state', async () => {
    const { code, out } = await cli('replay', ...data);
    expect([code, out.includes('same state'), out.includes('DIFFERS')]).toEqual([0, true, false]);
    expect((await cli('replay', '--to-nothing', ...data)).out).toContain('events in');
  });

  it('is sound, says the doctor; and is not after a byte was changed', async () => {
    const sound = await cli('doctor', ...data);
    expect(sound.out).toContain('The ledger is sound.');
    expect(sound.code).toBe(0);
    const database = new DatabaseSync(join(data[1]!, 'ledger.db'));
    database.exec("UPDATE events SET data = replace(data, 'France', 'Frence') WHERE position = 7");
    database.close();
    const { code, out } = await cli('doctor', ...data, '--json');
    const wrong = out.split('\n').filter((line) => line.includes('"wrong"'));
    expect(code).toBe(1);
    expect(wrong.join('\n')).toMatch(/[a-zA-Z]+-[\w./]+@\d+/);
  });
});

describe('a ledger with a service', () => {
  it('is written through the service, and read beside it', async () => {
    const directory = fresh('served');
    const data = ['--data', directory];
    const service = await serve(
      configFrom({
        ...{ PROMO_LEDGER_DATA: directory, PROMO_LEDGER_PORT: '0' },
        PROMO_LEDGER_LOG_LEVEL: 'silent',
      }),
    );
    try {
      expect((await cli('import', orders, ...data)).code).toBe(0);
      const closed = await cli('close', ...data);
      expect(closed.err).toContain(`service at ${service.url}`);
      expect(closed.code).toBe(0);
      expect((await cli('trial-balance', ...data)).out).toContain('is zero');
      const replayed = await cli('replay', 'balances', ...data, '--json');
      expect(JSON.parse(replayed.out)).toMatchObject({ projection: 'balances', matches: true });
      expect((await cli('doctor', ...data)).out).toContain(`runs at ${service.url}`);
      expect((await cli('serve', ...data)).code).toBe(3);
    } finally {
      await service.stop();
    }
  });
});

describe('the program as a process', () => {
  it('ends with the code and prints no stack trace', async () => {
    const child = spawn(
      process.execPath,
      ['--import', './test/support/run-sources.mjs', 'apps/cli/main.ts', 'events', '--json'],
      {
        cwd: resolve(import.meta.dirname, '../..'),
        env: { ...process.env, NODE_OPTIONS: '', PROMO_LEDGER_DATA: fresh('nowhere') },
      },
    );
    let out = '';
    child.stdout.on('data', (bytes) => (out += String(bytes)));
    const code = await new Promise((done) => child.on('close', done));
    expect([code, JSON.parse(out)]).toEqual([3, expect.objectContaining({ exit: 3 })]);
  });
});
