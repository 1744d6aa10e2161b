// How callers spell rewards and what a task says, with money as money; the ledger stores plain
// minor units, because a code has one currency.
import { z } from 'zod';
import { type Refusal, refuse } from '#ledger/decider.ts';
import { SampleOffer } from '#ledger/promo-code.events.ts';
import type { PromoCodeState } from '#ledger/promo-code.ts';
import type { RewardTerms } from '#ledger/reward.ts';
import { Instant, Money } from './schemas.ts';

/** A fixed fee per use, or a rate in basis points on what the buyer pays (rule 4). */
export const Reward = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('rate'), rateBps: z.int().min(1).max(10_000) }),
    z.strictObject({
      kind: z.literal('fixed_fee'),
      fee: Money.refine(({ amount }) => amount !== '0', {
        message: 'must be above zero',
        path: ['amount'],
      }),
    }),
  ])
  .meta({ id: 'Reward', examples: [{ kind: 'rate', rateBps: 1_000 }] });
export type Reward = z.infer<typeof Reward>;

export const termsOf = (reward: Reward): RewardTerms =>
  reward.kind === 'rate' ? reward : { kind: 'fixed_fee', feeMinor: reward.fee.amount };

/** A fee is paid in the code's currency; what other guards stand before it is the decision's. */
export function foreignFee(
  reward: Reward | undefined,
  state: PromoCodeState,
): Refusal<'fee_must_be_in_the_codes_currency'> | undefined {
  if (reward?.kind !== 'fixed_fee' || state.status === 'absent') return undefined;
  const { currency } = state.rules;
  if (reward.fee.currency === currency) return undefined;
  return refuse('fee_must_be_in_the_codes_currency', { fee: reward.fee, currency });
}

/** What a task says beside its code (rules 6, 9, 10): unless said, no samples, open to the end of
 * the code's redemption window, no submission deadline. */
export const TermsAsked = z
  .strictObject({
    samples: SampleOffer.exactOptional(),
    applicationClosesAt: Instant.exactOptional(),
    submissionClosesAt: Instant.nullable().exactOptional(),
  })
  .meta({ id: 'TaskTerms', examples: [{ applicationClosesAt: '2026-02-28T23:59:59.999Z' }] });
