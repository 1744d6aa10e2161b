import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { configFrom } from './config.ts';

describe('the configuration', () => {
  it('is complete without any variable', () => {
    expect(configFrom({})).toEqual(
      expect.objectContaining({ host: '127.0.0.1', port: 3000, logLevel: 'info' }),
    );
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.0.0.1.example.org'])(
    'refuses to bind to %s',
    (host) => {
      expect(() => configFrom({ PROMO_LEDGER_HOST: host })).toThrow(
        'PROMO_LEDGER_HOST must be a loopback address',
      );
    },
  );

  it('names every variable that makes no sense', () => {
    const environment = { PROMO_LEDGER_PORT: '70000', PROMO_LEDGER_LOG_LEVEL: 'loud' };
    expect(() => configFrom(environment)).toThrow(/PROMO_LEDGER_PORT.*PROMO_LEDGER_LOG_LEVEL/);
  });

  it('keeps the log in the data directory unless it is told otherwise', () => {
    expect(configFrom({ PROMO_LEDGER_DATA: 'x' }).log).toEqual({
      kind: 'sqlite',
      file: resolve('x', 'ledger.db'),
    });
  });

  it.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb+discover://cluster.example.org',
    'esdb://ops:p%40ss@a:2113,b:2113,c:2113/?tls=true&tlsCAFile=%2Fcerts%2Fca.crt',
    'esdb://h?nodePreference=leader&defaultDeadline=5000&keepAliveInterval=-1',
  ])('takes the log of an EventStoreDB: %s', (connection) => {
    const environment = {
      PROMO_LEDGER_EVENTSTORE_URL: connection,
      PROMO_LEDGER_EVENTSTORE_PREFIX: 'shop1.',
    };
    expect(configFrom(environment).log).toEqual({
      ...{ kind: 'eventstoredb', connection, prefix: 'shop1.' },
    });
  });

  const refusalOf = (environment: Record<string, string>): string => {
    try {
      configFrom(environment);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing';
  };

  it.each([
    'http://ops:secret@h:2113',
    'esdb://ops:sec@ret@h:2113',
    'esdb://ops:secret@',
    'esdb://ops:secret@h:2113?secret=1',
    'esdb://ops:secret@h:2113?tls=secret',
    'esdb://ops:secret@h:2113?tls',
    'esdb://ops:secret@h:2113?constructor=secret',
  ])('names the variable and never its value: %s', (connection) => {
    const says = refusalOf({ PROMO_LEDGER_EVENTSTORE_URL: connection });
    expect(says).toMatch(/^PROMO_LEDGER_EVENTSTORE_URL (must|has)/);
    expect(says).not.toMatch(/secret|sec@ret/);
  });

  it.each(['-a', 'a-b', '$a', 'a b', '1a'])('refuses the prefix %s', (prefix) => {
    const environment = {
      PROMO_LEDGER_EVENTSTORE_URL: 'esdb://h:1',
      PROMO_LEDGER_EVENTSTORE_PREFIX: prefix,
    };
    expect(refusalOf(environment)).toMatch(/^PROMO_LEDGER_EVENTSTORE_PREFIX must begin/);
  });

  it('refuses a prefix without a store, and a cluster without its address', () => {
    expect(refusalOf({ PROMO_LEDGER_EVENTSTORE_PREFIX: 'a' })).toMatch(/EVENTSTORE_URL is not/);
    expect(refusalOf({ PROMO_LEDGER_CLICKHOUSE_CLUSTER: 'a' })).toMatch(/CLICKHOUSE_URL is not/);
  });

  it('takes the address of a ClickHouse, and shows none that it refuses', () => {
    const url = 'https://ops:secret@h:8443';
    const environment = { PROMO_LEDGER_CLICKHOUSE_URL: url, PROMO_LEDGER_CLICKHOUSE_CLUSTER: 'c' };
    const engine = { kind: 'clickhouse', url, database: 'promo_ledger', cluster: 'c' };
    expect(configFrom(environment)).toEqual(expect.objectContaining({ engine }));
    const says = refusalOf({ PROMO_LEDGER_CLICKHOUSE_URL: 'ftp://ops:secret@h' });
    expect(says).toMatch(/^PROMO_LEDGER_CLICKHOUSE_URL must be like/);
    expect(says).not.toContain('secret@');
  });

  it('reads an address from a file, as secrets are given, and from one place only', () => {
    const directory = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      const file = join(directory, 'url');
      writeFileSync(file, 'esdb://ops:secret@h:1\n');
      const environment = { PROMO_LEDGER_EVENTSTORE_URL_FILE: file };
      expect(configFrom(environment).log).toEqual(
        expect.objectContaining({ connection: 'esdb://ops:secret@h:1' }),
      );
      const both = { ...environment, PROMO_LEDGER_EVENTSTORE_URL: 'esdb://h' };
      expect(refusalOf(both)).toMatch(/are both set/);
      expect(refusalOf({ PROMO_LEDGER_EVENTSTORE_URL_FILE: join(directory, 'no') })).toBe(
        'PROMO_LEDGER_EVENTSTORE_URL_FILE cannot be read (ENOENT)',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
