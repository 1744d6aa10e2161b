// Rows of the trial balance.
import { integer, table, text, type RowOf } from '#read-store/projection.ts';

/** The trial balance: per currency the balances add up to zero at every place of the log. */
export const balances = table({
  name: 'balances',
  columns: {
    account: text,
    currency: text,
    balanceMinor: text,
    postings: integer,
  },
  key: ['account', 'currency'],
  indexes: [{ on: ['currency', 'account'] }],
});
export type BalanceRow = RowOf<typeof balances>;
