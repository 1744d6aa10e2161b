// Amounts, plans and bases as people read them, from the digits alone: no number is made of an
// amount.
import { exponentOf } from '#ledger/currency.ts';
import type { StatementLine } from './document.ts';

/** `-1234` in USD is `-12.34`. */
export function decimalAmount(minor: string, currency: string): string {
  const exponent = exponentOf(currency);
  const isNegative = minor.startsWith('-');
  const digits = (isNegative ? minor.slice(1) : minor).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${isNegative ? '-' : ''}${whole}${fraction}`;
}

export function planInWords({ plan }: Pick<StatementLine, 'plan'>, currency: string): string {
  if (plan.kind === 'fixed_fee')
    return `v${plan.version}: ${decimalAmount(plan.feeMinor, currency)} per use`;
  return `v${plan.version}: ${decimalPercent(plan.rateBps)} %`;
}

function decimalPercent(basisPoints: number): string {
  const digits = String(basisPoints).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The net of the order's eligible lines that the plan is applied to, before and after. */
export function baseInWords({ net }: Pick<StatementLine, 'net'>, currency: string): string {
  const before = decimalAmount(net.beforeMinor, currency);
  return `${before} -> ${decimalAmount(net.afterMinor, currency)}`;
}
