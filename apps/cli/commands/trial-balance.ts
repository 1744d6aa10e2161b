// `promo-ledger trial-balance`: every account's balance, folded from the log itself, beside a
// running service. Per currency they must add up to zero, at the log's end and at any place before
// it.
import type { Command } from 'commander';
import { configOf } from '../connect.ts';
import { type End, EXIT } from '../failure.ts';
import { type Balance, balancesOf, withLog } from '../log-reading.ts';
import { type Common, common, currency, wholeNumber } from '../options.ts';
import { progress } from '../progress.ts';
import { count, major, print, printJson, table } from '../terminal.ts';

interface TrialBalanceCommand extends Common {
  readonly at?: number;
  readonly currency?: string;
  readonly accounts?: boolean;
}

export interface CurrencyBalance {
  readonly currency: string;
  readonly accounts: number;
  readonly postings: number;
  /** What sellers owe, below zero, by kind of account. */
  readonly byKind: Readonly<Record<string, bigint>>;
  readonly sumMinor: bigint;
}

export function addTrialBalance(program: Command, end: End): void {
  common(program.command('trial-balance'))
    .description('balances of all accounts from the log; per currency they add up to zero')
    .option('--at <logIndex>', 'as of this place in the log, inclusive', wholeNumber)
    .option('--currency <code>', 'only this currency', currency)
    .option('--accounts', 'list every account, not only the kinds')
    .action(async ({ json = false, at, accounts, currency, ...where }: TrialBalanceCommand) => {
      const bar = progress('postings', json);
      const all = await withLog(configOf(where), (log) =>
        balancesOf(log, {
          ...(at !== undefined && { until: at }),
          onProgress: (done, total) => bar.update(done, total),
        }),
      );
      bar.end();
      const balances = all.filter((each) => currency === undefined || each.currency === currency);
      const sums = byCurrency(balances);
      const isZero = sums.every(({ sumMinor }) => sumMinor === 0n);
      if (json) printJson({ isZero, currencies: sums, ...(accounts && { accounts: balances }) });
      else print(told(sums, accounts ? balances : [], isZero));
      if (!isZero) end(EXIT.difference);
    });
}

export function byCurrency(balances: readonly Balance[]): CurrencyBalance[] {
  const groups = Map.groupBy(balances, ({ currency }) => currency);
  return [...groups.entries()].map(([currency, group]) => {
    const byKind: Record<string, bigint> = {};
    for (const { account, balanceMinor } of group) {
      const kind = account.replace(/:.*:/, ':');
      byKind[kind] = (byKind[kind] ?? 0n) + balanceMinor;
    }
    return {
      currency,
      accounts: group.length,
      postings: group.reduce((sum, { postings }) => sum + postings, 0),
      byKind,
      sumMinor: group.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n),
    };
  });
}

export function told(
  sums: readonly CurrencyBalance[],
  accounts: readonly Balance[],
  isZero: boolean,
): string {
  if (sums.length === 0) return 'Nothing has been posted yet.';
  const rows = sums.flatMap(({ currency, byKind, sumMinor, accounts: size, postings }) => [
    ...Object.entries(byKind).map(([kind, minor]) => [currency, kind, major(minor, currency)]),
    [currency, `sum of ${count(size)} accounts, ${count(postings)} postings`].concat(
      major(sumMinor, currency),
    ),
  ]);
  const each = accounts.map(({ currency, account, balanceMinor, postings }) => [
    ...[currency, account, major(balanceMinor, currency), count(postings)],
  ]);
  return [
    ...(each.length > 0 ? [table(['currency', 'account', ' balance', ' postings'], each), ''] : []),
    table(['currency', 'kind of account', ' balance'], rows),
    '',
    isZero ? 'The trial balance is zero in every currency.' : 'THE TRIAL BALANCE IS NOT ZERO.',
  ].join('\n');
}
