// The affiliate switch of a code goes on (rule 3). With terms for the default channel its task
// opens by itself (rule 5), with a reward the first plan begins; switched on again it reopens its
// tasks.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { enableAffiliate } from '#ledger/affiliate.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { promoCode, type PromoCodeState } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { termsOf as taskTermsOf } from '#ledger/task.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, settled } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { foreignFee, Reward, TermsAsked, termsOf } from '../http/terms.ts';
import { OpenTasks } from '../processes/open-tasks.ts';
import { sellerOfCode } from '../related.ts';
import { RUNNER } from '../wiring.ts';

export const EnableAffiliateBody = z
  .strictObject({
    /** Null opens no task; an empty object opens one on the usual terms. */
    defaultChannel: TermsAsked.nullable().default(null),
    reward: Reward.optional(),
    occurredAt,
  })
  .meta({
    id: 'EnableAffiliate',
    examples: [{ defaultChannel: {}, reward: { kind: 'rate', rateBps: 1_000 } }],
  });
type EnableAffiliateBody = z.infer<typeof EnableAffiliateBody>;

export class EnableAffiliate extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: EnableAffiliateBody & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class EnableAffiliateController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/affiliate/enable', {
    summary: 'Switch a code on for affiliates',
    answer: Receipt,
  })
  enable(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: EnableAffiliateBody }) body: EnableAffiliateBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new EnableAffiliate({ codeId, ...body }, context));
  }
}

@CommandHandler(EnableAffiliate)
export class EnableAffiliateHandler implements ICommandHandler<EnableAffiliate> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly tasks: OpenTasks,
  ) {}

  async execute({ asked, context }: EnableAffiliate) {
    const { codeId } = asked;
    const enabled = answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(codeId),
        related: [await sellerOfCode(this.runner, codeId)],
        context,
        decide: (state, [owner]) =>
          foreignFee(asked.reward, state) ??
          enableAffiliate(timed(told(asked, state), context), state, { seller: owner.state }),
      }),
    );
    return settled(enabled, () => this.tasks.settle(codeId, context));
  }
}

/** As the decision takes it: terms in full, the reward in minor units. */
function told(
  { reward, defaultChannel, ...asked }: EnableAffiliate['asked'],
  code: PromoCodeState,
) {
  const isTermed = defaultChannel !== null && code.status === 'existing';
  return {
    ...asked,
    defaultChannel: isTermed ? taskTermsOf(code.rules, defaultChannel) : null,
    ...(reward && { reward: termsOf(reward) }),
  };
}
