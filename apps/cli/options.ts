// Options that commands share, spelled and checked in one place.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Period } from '#ledger/values.ts';

/** Where the ledger is: what is not given comes from the environment. */
export interface Where {
  readonly data?: string;
  readonly eventstore?: string;
  readonly prefix?: string;
}

export interface Common extends Where {
  readonly json?: boolean;
}

/** Every command works on one ledger and can answer a program. */
export function common(command: Command): Command {
  return command
    .addOption(new Option('--data <directory>', 'the data directory').env('PROMO_LEDGER_DATA'))
    .option(
      '--eventstore <connection>',
      'the log is on this EventStoreDB; a password is better kept in PROMO_LEDGER_EVENTSTORE_URL',
    )
    .option('--prefix <prefix>', 'of its streams, as PROMO_LEDGER_EVENTSTORE_PREFIX says')
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
