// Exact decimal numbers as files write them, `2.55`, `-0.001`, `4.440892e-16`: parsed, multiplied
// by a whole number and added without loss; rounded to minor units in one place, once per line.
import { roundedQuotient } from '#ledger/reward.ts';

/** `units` divided by 10 to the power of `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

const NUMBER = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?(?:e([+-]?\d{1,2}))?$/i;

/** Undefined when the text is no decimal number. */
export function decimalOf(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const units = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: scaled(a, scale) + scaled(b, scale), scale };
}

export const minus = (a: Decimal, b: Decimal): Decimal =>
  plus(a, { units: -b.units, scale: b.scale });

export const times = (a: Decimal, count: number): Decimal => ({
  units: a.units * BigInt(count),
  scale: a.scale,
});

/** Minor units of a currency with this exponent, half away from zero. */
export function minorUnits(value: Decimal, exponent: number): bigint {
  if (value.scale <= exponent) return scaled(value, exponent);
  return roundedQuotient(value.units, 10n ** BigInt(value.scale - exponent));
}

/** Without trailing zeros: `9747747.934`, `-12`. */
export function decimalText({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function scaled(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}
