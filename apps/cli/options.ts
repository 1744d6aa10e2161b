// Options that commands share, spelled and checked in one place.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Period } from '#ledger/values.ts';

export interface Common {
  readonly data?: string;
  readonly json?: boolean;
}

/** Every command works on one data directory and can answer a program. */
export function common(command: Command): Command {
  return command
    .addOption(new Option('--data <directory>', 'the data directory').env('PROMO_LEDGER_DATA'))
    .option('--json', 'print one JSON object (or one a line) for programs');
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}

export function period(text: string): string {
  const parsed = Period.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('must be a month like 2026-03.');
  return parsed.data;
}

export function currency(text: string): string {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError('must be a code like USD.');
  return text;
}
