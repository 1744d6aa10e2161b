// Which codes a seller has, under which rules and plans, switched on or off, paused or closed.
import type { Discount } from '#ledger/promo-code.events.ts';
import { change, projection } from '#read-store/projection.ts';
import { codes, rewardPlans } from './tables.ts';

export const sellerCodes = projection({
  name: 'seller-codes',
  version: 1,
  tables: [codes, rewardPlans],
  on: {
    CodeCreated: ({ data }, rows) =>
      rows.put(codes, {
        codeId: data.codeId,
        sellerId: data.sellerId,
        name: data.name,
        ...discountColumns(data.discount),
        minimumSpendMinor: data.minimumSpendMinor,
        codeType: data.codeType,
        currency: data.currency,
        redeemableFrom: data.redeemableFrom,
        redeemableUntil: data.redeemableUntil,
        totalLimit: data.totalLimit,
        perBuyerLimit: data.perBuyerLimit,
        affiliateSwitch: 0,
        status: 'active',
        closedReason: null,
        createdAt: data.occurredAt,
        planVersion: null,
        productIds: JSON.stringify(data.productIds),
      }),
    AffiliateEnabled: ({ data }, rows) =>
      change(rows, codes, [data.codeId], { affiliateSwitch: 1 }),
    AffiliateDisabled: ({ data }, rows) =>
      change(rows, codes, [data.codeId], { affiliateSwitch: 0 }),
    RewardPlanChanged({ data: { codeId, version, terms, effectiveFrom } }, rows) {
      rows.put(rewardPlans, {
        codeId,
        version,
        kind: terms.kind,
        rateBps: terms.kind === 'rate' ? terms.rateBps : null,
        feeMinor: terms.kind === 'fixed_fee' ? terms.feeMinor : null,
        effectiveFrom,
      });
      change(rows, codes, [codeId], { planVersion: version });
    },
    CodePaused: ({ data }, rows) => change(rows, codes, [data.codeId], { status: 'paused' }),
    CodeResumed: ({ data }, rows) => change(rows, codes, [data.codeId], { status: 'active' }),
    CodeClosed: ({ data }, rows) =>
      change(rows, codes, [data.codeId], { status: 'closed', closedReason: data.reason }),
  },
});

function discountColumns(discount: Discount) {
  return discount.kind === 'percentage'
    ? { discountKind: discount.kind, discountBps: discount.percentBps, discountMinor: null }
    : { discountKind: discount.kind, discountBps: null, discountMinor: discount.amountMinor };
}
