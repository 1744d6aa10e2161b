// A suspension ends; what was held meanwhile stays held until a named person releases it.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer, reinstateInfluencer } from '#ledger/influencer.ts';
import { influencerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export class ReinstateInfluencer extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly influencerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('influencers')
export class ReinstateInfluencerController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':influencerId/reinstate', {
    summary: 'End the suspension of an influencer',
    answer: Receipt,
  })
  reinstate(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ReinstateInfluencer({ influencerId, ...body }, context));
  }
}

@CommandHandler(ReinstateInfluencer)
export class ReinstateInfluencerHandler implements ICommandHandler<ReinstateInfluencer> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: ReinstateInfluencer) {
    return answered(
      this.runner.transact({
        decider: influencer,
        stream: influencerStream(asked.influencerId),
        context,
        decide: (state) => reinstateInfluencer(timed(asked, context), state),
      }),
    );
  }
}
