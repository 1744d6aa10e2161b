import { existsSync, readFileSync } from 'node:fs';
import { currencies, exponentOf, isCurrency } from './currency.ts';

const TABLE = '../shared/vectors/iso4217/codes-all.csv';
const isTableThere = existsSync(TABLE);
if (!isTableThere) console.log(`skipped: the table of ISO 4217 is not there (${TABLE})`);

describe('currencies', () => {
  it('have the digits that their money has', () => {
    expect(['USD', 'JPY', 'KWD', 'CLF'].map(exponentOf)).toEqual([2, 0, 3, 4]);
  });

  it('are only those that exist', () => {
    expect(['XXX', 'XAU', 'DEM', 'usd', ''].map(isCurrency)).toEqual(Array(5).fill(false));
    expect(() => exponentOf('DEM')).toThrow('DEM is no currency');
  });

  (isTableThere ? it : it.skip)('are those of ISO 4217 that have minor units, and no other', () => {
    const rows = readFileSync(TABLE, 'utf8').split(/\r?\n/).slice(1).filter(Boolean);
    const listed = new Map<string, number>();
    for (const row of rows) {
      const [, code, , digits, withdrawn] = /,([A-Z]{3}),(\d*),([^,]*),([^,]*)$/.exec(row) ?? [];
      if (code && !withdrawn && /^\d$/.test(digits ?? '')) listed.set(code, Number(digits));
    }
    expect(listed.size).toBeGreaterThan(150);
    expect(new Map(currencies().map((code) => [code, exponentOf(code)]))).toEqual(
      new Map([...listed].toSorted(([left], [right]) => (left < right ? -1 : 1))),
    );
  });
});
