import { decimalOf, decimalText, minorUnits, minus, plus, times, ZERO } from './decimal.ts';

const text = (number: string) => decimalText(decimalOf(number)!);

describe('exact decimals', () => {
  it.each([
    ['2.55', '2.55'],
    ['-0.001', '-0.001'],
    ['0', '0'],
    ['1.500', '1.5'],
    ['4.440892e-16', '0.0000000000000004440892'],
    ['1e3', '1000'],
    ['1.25e1', '12.5'],
  ])('reads %s exactly', (written, exact) => {
    expect(text(written)).toBe(exact);
  });

  it.each(['', '1,5', '1.', '.5', 'NaN', '0x1', '1e999', '12 '])('refuses %p', (written) => {
    expect(decimalOf(written)).toBeUndefined();
  });

  it('adds what doubles cannot', () => {
    const tenth = decimalOf('0.1')!;
    const sum = Array.from({ length: 10 }, () => tenth).reduce(plus, ZERO);
    expect(decimalText(minus(sum, decimalOf('1')!))).toBe('0');
    expect(decimalText(plus(decimalOf('9747747.93')!, decimalOf('0.004')!))).toBe('9747747.934');
  });

  it.each([
    ['0.005', 1n],
    ['-0.005', -1n],
    ['0.0049', 0n],
    ['4.440892e-16', 0n],
    ['2.55', 255n],
    ['3', 300n],
  ])('rounds %s once, half away from zero', (written, minor) => {
    expect(minorUnits(decimalOf(written)!, 2)).toBe(minor);
  });

  it('rounds the line, not the price', () => {
    expect(minorUnits(times(decimalOf('0.001')!, 7), 2)).toBe(1n);
    expect(minorUnits(times(decimalOf('850.5')!, -3), 0)).toBe(-2552n);
  });
});
