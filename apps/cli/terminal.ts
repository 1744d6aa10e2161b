// What people and programs see: tables and sentences, or with `--json` one JSON object per result.
// Results go to stdout, everything said on the way to stderr.
import Table from 'cli-table3';
import { exponentOf } from '#ledger/currency.ts';

type Cell = string | number | bigint | null;

/** Columns whose head begins with a space are aligned right: amounts and counts. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const drawn = new Table({
    head: heads.map((head) => head.trim()),
    colAligns: heads.map((head) => (head.startsWith(' ') ? 'right' : 'left')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: FRAME,
  });
  drawn.push(...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))));
  const lines = drawn.toString().split('\n');
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.trimEnd().length)));
  return [lines[0]!.trimEnd(), rule, ...lines.slice(1).map((line) => line.trimEnd())].join('\n');
}

const FRAME = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `left-mid`])
    .concat('middle', 'mid-mid', 'right-mid')
    .map((name) => [name, '']),
);

/** `1470`, `USD` as `14.70`; thousands apart by commas. */
export function major(amountMinor: string | bigint, currency: string): string {
  const minor = BigInt(amountMinor);
  const exponent = exponentOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits.slice(digits.length - exponent);
  return `${minor < 0n ? '-' : ''}${whole}${exponent > 0 ? `.${fraction}` : ''}`;
}

export const count = (value: number | bigint): string => value.toLocaleString('en-US');

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Said on the way; never part of a result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Amounts are strings everywhere; a bigint in a result is a count. */
export function printJson(result: unknown): void {
  print(
    JSON.stringify(result, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
}
