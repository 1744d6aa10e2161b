import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { codeText } from './code-text.ts';
import { CodeText } from './values.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const seed = '00112233445566778899aabbccddeeff';
const textOf = (index: number, attempt = 0) => codeText({ seed, index, attempt }, sha256);

describe('the text of an issued code', () => {
  it('is for ever the same for the same seed, index and attempt', () => {
    expect([textOf(0), textOf(1), textOf(0, 1)]).toEqual([
      'WHXPVJCPD6',
      'BE75GT3GF4',
      'WEWEZR95EZ',
    ]);
  });

  it('is a code text of ten symbols that nobody mistakes for one another', () => {
    const seeds = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(seeds, fc.nat(999), fc.nat(100), (of, index, attempt) => {
        const text = codeText({ seed: of, index, attempt }, sha256);
        expect(text).toMatch(/^[ABCDEFGHJKLMNPQRSTUVWXYZ2-9]{10}$/);
        expect(CodeText.safeParse(text).success).toBe(true);
      }),
    );
  });

  it('is another for every index and attempt', () => {
    const texts = new Set<string>();
    for (let i = 0; i < 20_000; i++) texts.add(textOf(i % 1_000, Math.floor(i / 1_000)));
    expect(texts.size).toBe(20_000);
  });

  it('takes every symbol as often at every place', () => {
    const counts = Array.from({ length: 10 }, () => new Map<string, number>());
    for (let i = 0; i < 32_000; i++) {
      for (const [place, symbol] of [...textOf(i)].entries()) {
        counts[place]!.set(symbol, (counts[place]!.get(symbol) ?? 0) + 1);
      }
    }
    for (const symbols of counts) {
      const squares = [...symbols.values()].map((count) => (count - 1_000) ** 2 / 1_000);
      expect(symbols.size).toBe(32);
      // Chi squared with 31 degrees of freedom: above 61 in one of a thousand.
      expect(squares.reduce((sum, each) => sum + each, 0)).toBeLessThan(70);
    }
  });
});
