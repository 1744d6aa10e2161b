// The reward plan and what an order earns under it. The only place where an amount is rounded.
import { z } from 'zod';
import { AmountMinor } from './values.ts';

/** A fixed fee per use, or a commission rate in basis points on what the buyer pays (rule 4). */
export const RewardTerms = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rate'), rateBps: z.int().min(1).max(10_000) }),
  z.strictObject({
    kind: z.literal('fixed_fee'),
    feeMinor: AmountMinor.refine((fee) => fee !== '0', { message: 'must be above zero' }),
  }),
]);
export type RewardTerms = z.infer<typeof RewardTerms>;

/** The version of a code's plan that an order keeps for ever; `rounding` names the rule below. */
export const PinnedPlan = z.discriminatedUnion('kind', [
  z.strictObject({
    version: z.int().min(1),
    rounding: z.literal(1),
    kind: z.literal('rate'),
    rateBps: z.int().min(1).max(10_000),
  }),
  z.strictObject({
    version: z.int().min(1),
    rounding: z.literal(1),
    kind: z.literal('fixed_fee'),
    feeMinor: AmountMinor,
  }),
]);
export type PinnedPlan = z.infer<typeof PinnedPlan>;

/** Rounding rule 1: half away from zero on the magnitude, then the sign. `divisor` > 0. */
export function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

/**
 * What an order earns on the net of its eligible lines, in minor units. A rate is rounded once per
 * line; a fixed fee is earned while the net of the whole order is above zero.
 */
export function earned(plan: PinnedPlan, eligibleNets: Iterable<bigint>): bigint {
  let commission = 0n;
  let net = 0n;
  for (const lineNet of eligibleNets) {
    net += lineNet;
    if (plan.kind === 'rate')
      commission += roundedQuotient(lineNet * BigInt(plan.rateBps), 10_000n);
  }
  if (plan.kind === 'rate') return commission;
  return net > 0n ? BigInt(plan.feeMinor) : 0n;
}
