// Exact fractions for calculations made apart from the product: nothing here comes from it.
export interface Fraction {
  readonly over: bigint;
  /** Above zero. */
  readonly under: bigint;
}

export const NOTHING: Fraction = { over: 0n, under: 1n };

/** `2.55`, `-0.001`: as files write it. */
export function fraction(text: string): Fraction {
  const [whole = '0', decimals = ''] = text.replace('-', '').split('.');
  const over = BigInt(whole + decimals);
  return { over: text.startsWith('-') ? -over : over, under: 10n ** BigInt(decimals.length) };
}

export const sum = (a: Fraction, b: Fraction): Fraction =>
  lowest(a.over * b.under + b.over * a.under, a.under * b.under);

export const product = (a: Fraction, b: Fraction): Fraction =>
  lowest(a.over * b.over, a.under * b.under);

export const isSame = (a: Fraction, b: Fraction): boolean => a.over * b.under === b.over * a.under;

/** To the nearest whole number, a half away from zero. */
export function nearest({ over, under }: Fraction): bigint {
  const size = over < 0n ? -over : over;
  const whole = size / under;
  const rounded = (size - whole * under) * 2n >= under ? whole + 1n : whole;
  return over < 0n ? -rounded : rounded;
}

function lowest(over: bigint, under: bigint): Fraction {
  const divisor = common(over < 0n ? -over : over, under);
  return { over: over / divisor, under: under / divisor };
}

function common(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
