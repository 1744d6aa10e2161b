// A code as its seller sees it: rules, switch and plan, uses and what is left of the limits, sales
// through it and the commission for them.
import { z } from 'zod';
import { CodeClosed } from '#ledger/promo-code.events.ts';
import { Timestamp } from '#ledger/values.ts';
import type { CodeTotalsRow } from '#projections/orders/tables.ts';
import type { CodeRow } from '#projections/seller-codes/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import {
  CodeRulesView,
  codeRulesView,
  type PlanColumns,
  RewardView,
  rewardView,
} from './code-view.ts';

export const SellerCodeView = z
  .strictObject({
    ...CodeRulesView.shape,
    status: z.enum(['active', 'paused', 'closed']),
    closedReason: CodeClosed.shape.data.shape.reason.nullable(),
    affiliateSwitch: z.boolean(),
    createdAt: Timestamp,
    /** The latest version; orders keep the one in force when they were paid. */
    reward: RewardView.nullable(),
    totalLimit: z.int().nullable(),
    perBuyerLimit: z.int().nullable(),
    uses: z.int(),
    /** Of the total limit; null without one. */
    usesLeft: z.int().nullable(),
    attributedOrders: z.int(),
    /** Paid on all lines of attributed orders, before refunds and after. */
    sales: SignedMoney,
    salesAfterRefunds: SignedMoney,
    commissionEstimated: SignedMoney,
    commissionOwed: SignedMoney,
  })
  .meta({ id: 'SellerCode' });
export type SellerCodeView = z.infer<typeof SellerCodeView>;

type Totals = Omit<CodeTotalsRow, 'codeId' | 'sellerId' | 'currency'>;

export type SellerCodeRow = CodeRow &
  PlanColumns & { readonly [K in keyof Totals]: Totals[K] | null };

export function sellerCodeView(row: SellerCodeRow): SellerCodeView {
  const { status, closedReason, createdAt, totalLimit, perBuyerLimit, currency } = row;
  const uses = row.uses ?? 0;
  const amount = (minor: string | null) => money(minor ?? '0', currency);
  return {
    ...codeRulesView(row),
    ...{ status, closedReason, createdAt, totalLimit, perBuyerLimit, uses },
    affiliateSwitch: row.affiliateSwitch === 1,
    reward: rewardView(row, currency),
    usesLeft: totalLimit === null ? null : Math.max(0, totalLimit - uses),
    attributedOrders: row.attributedOrders ?? 0,
    sales: amount(row.salesMinor),
    salesAfterRefunds: amount(row.remainingMinor),
    commissionEstimated: amount(row.estimatedMinor),
    commissionOwed: amount(row.earnedMinor),
  };
}
