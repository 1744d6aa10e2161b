// How a code's rules and its reward are answered, from the rows of `codes` and `reward_plans`.
import { z } from 'zod';
import { CodeType } from '#ledger/promo-code.events.ts';
import { ForeignId, Id, Timestamp } from '#ledger/values.ts';
import type { CodeRow, RewardPlanRow } from '#projections/seller-codes/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';

const DiscountView = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('percentage'), percentBps: z.int() }),
    z.strictObject({ kind: z.literal('amount'), amount: SignedMoney }),
  ])
  .meta({ id: 'DiscountView' });

/** A reward plan version. */
export const RewardView = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('rate'),
      version: z.int(),
      effectiveFrom: Timestamp,
      rateBps: z.int(),
    }),
    z.strictObject({
      kind: z.literal('fixed_fee'),
      version: z.int(),
      effectiveFrom: Timestamp,
      fee: SignedMoney,
    }),
  ])
  .meta({ id: 'RewardView' });
export type RewardView = z.infer<typeof RewardView>;

/** What influencers are told of a code: the promotion rule, the code type, the window. */
export const CodeRulesView = z
  .strictObject({
    codeId: Id,
    sellerId: Id,
    name: z.string(),
    discount: DiscountView,
    minimumSpend: SignedMoney,
    codeType: CodeType,
    productIds: z.array(ForeignId),
    redeemableFrom: Timestamp,
    redeemableUntil: Timestamp,
  })
  .meta({ id: 'CodeRulesView' });
export type CodeRulesView = z.infer<typeof CodeRulesView>;

export type RulesRow = Pick<
  CodeRow,
  | 'codeId'
  | 'sellerId'
  | 'name'
  | 'discountKind'
  | 'discountBps'
  | 'discountMinor'
  | 'minimumSpendMinor'
  | 'codeType'
  | 'currency'
  | 'redeemableFrom'
  | 'redeemableUntil'
  | 'productIds'
>;

export function codeRulesView(row: RulesRow): CodeRulesView {
  const { codeId, sellerId, name, codeType, redeemableFrom, redeemableUntil, currency } = row;
  return {
    codeId,
    sellerId,
    name,
    discount:
      row.discountKind === 'percentage'
        ? { kind: 'percentage', percentBps: row.discountBps ?? 0 }
        : { kind: 'amount', amount: money(row.discountMinor ?? '0', currency) },
    minimumSpend: money(row.minimumSpendMinor, currency),
    codeType,
    productIds: JSON.parse(row.productIds) as string[],
    redeemableFrom,
    redeemableUntil,
  };
}

/** All null where a join found no plan. */
export type PlanColumns = {
  readonly [K in keyof Omit<RewardPlanRow, 'codeId'>]: RewardPlanRow[K] | null;
};

export function rewardView(plan: PlanColumns, currency: string): RewardView | null {
  const { version, kind, rateBps, feeMinor, effectiveFrom } = plan;
  if (version === null || effectiveFrom === null) return null;
  return kind === 'rate'
    ? { kind, version, effectiveFrom, rateBps: rateBps ?? 0 }
    : { kind: 'fixed_fee', version, effectiveFrom, fee: money(feeMinor ?? '0', currency) };
}
