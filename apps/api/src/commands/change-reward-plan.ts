// A new version of a code's reward plan (rule 4): a fixed fee per use or a rate, from a moment on
// that is never before now. Orders keep the version in force when they were paid.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { changeRewardPlan } from '#ledger/affiliate.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { promoCode } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant, occurredAt } from '../http/schemas.ts';
import { foreignFee, Reward, termsOf } from '../http/terms.ts';
import { RUNNER } from '../wiring.ts';

export const ChangeRewardPlanBody = z
  .strictObject({ reward: Reward, effectiveFrom: Instant.optional(), occurredAt })
  .meta({ id: 'ChangeRewardPlan', examples: [{ reward: { kind: 'rate', rateBps: 1_200 } }] });
type ChangeRewardPlanBody = z.infer<typeof ChangeRewardPlanBody>;

export class ChangeRewardPlan extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: ChangeRewardPlanBody & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class ChangeRewardPlanController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/reward-plan', { summary: 'Change the reward plan of a code', answer: Receipt })
  change(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: ChangeRewardPlanBody }) body: ChangeRewardPlanBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ChangeRewardPlan({ codeId, ...body }, context));
  }
}

@CommandHandler(ChangeRewardPlan)
export class ChangeRewardPlanHandler implements ICommandHandler<ChangeRewardPlan> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked: { reward, ...asked }, context }: ChangeRewardPlan) {
    const plan = timed({ ...asked, terms: termsOf(reward) }, context);
    return answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        context,
        decide: (state) => foreignFee(reward, state) ?? changeRewardPlan(plan, state),
      }),
    );
  }
}
