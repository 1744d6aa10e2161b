// The trial balance: every account by currency, and per currency the sum of all, which must be zero
// at every place of the log. It says at which place it was read.
import { Controller, Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CurrencyCode } from '#ledger/values.ts';
import type { BalanceRow } from '#projections/balances/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import { READ_STORE } from '../wiring.ts';

export const TrialBalance = z
  .strictObject({
    /** How many events of the ledger it covers. */
    events: z.int(),
    isBalanced: z.boolean(),
    currencies: z.array(
      z.strictObject({
        currency: CurrencyCode,
        /** Of all accounts: zero, or the ledger is broken. */
        sum: SignedMoney,
        isBalanced: z.boolean(),
        /** By the kind of account: `payee:pending`, `seller:commission`, … */
        kinds: z.array(z.strictObject({ kind: z.string(), accounts: z.int(), sum: SignedMoney })),
      }),
    ),
  })
  .meta({ id: 'TrialBalance' });
type TrialBalance = z.infer<typeof TrialBalance>;

export class ShowTrialBalance extends Query<TrialBalance> {}

@Controller('trial-balance')
export class ShowTrialBalanceController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'The trial balance, per currency', answer: TrialBalance })
  show() {
    return this.queries.execute(new ShowTrialBalance());
  }
}

const BALANCES_SQL = 'SELECT * FROM balances ORDER BY currency, account';

@QueryHandler(ShowTrialBalance)
export class ShowTrialBalanceHandler implements IQueryHandler<ShowTrialBalance> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute(): Promise<TrialBalance> {
    return this.read.snapshot(() => {
      const currencies = byCurrency(this.read.all<BalanceRow>(BALANCES_SQL));
      return {
        events: this.read.checkpoint().logIndex + 1,
        isBalanced: currencies.every(({ isBalanced }) => isBalanced),
        currencies,
      };
    });
  }
}

interface Kind {
  accounts: number;
  sum: bigint;
}

/** Sums in bigint: a database's own integers wrap or turn into floats. */
function byCurrency(balances: readonly BalanceRow[]): TrialBalance['currencies'] {
  const currencies = new Map<string, Map<string, Kind>>();
  for (const { account, currency, balanceMinor } of balances) {
    const kinds = currencies.get(currency) ?? new Map<string, Kind>();
    const [owner = '', ...rest] = account.split(':');
    const name = `${owner}:${rest.at(-1) ?? ''}`;
    const kind = kinds.get(name) ?? { accounts: 0, sum: 0n };
    kinds.set(name, { accounts: kind.accounts + 1, sum: kind.sum + BigInt(balanceMinor) });
    currencies.set(currency, kinds);
  }
  return [...currencies].map(([currency, kinds]) => {
    const sum = [...kinds.values()].reduce((total, kind) => total + kind.sum, 0n);
    return {
      currency,
      sum: money(String(sum), currency),
      isBalanced: sum === 0n,
      kinds: [...kinds].map(([kind, { accounts, sum: of }]) => ({
        kind,
        accounts,
        sum: money(String(of), currency),
      })),
    };
  });
}
