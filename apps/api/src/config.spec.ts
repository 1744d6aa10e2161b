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
});
