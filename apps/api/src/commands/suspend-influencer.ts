// An influencer is suspended: no new codes, and its new orders earn but are held.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer, suspendInfluencer } from '#ledger/influencer.ts';
import { influencerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt, Reason } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const SuspendInfluencerBody = z
  .strictObject({ reason: Reason, occurredAt })
  .meta({ id: 'SuspendInfluencer', examples: [{ reason: 'Bought through its own codes' }] });
type SuspendInfluencerBody = z.infer<typeof SuspendInfluencerBody>;

export class SuspendInfluencer extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: SuspendInfluencerBody & { readonly influencerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('influencers')
export class SuspendInfluencerController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':influencerId/suspend', { summary: 'Suspend an influencer', answer: Receipt })
  suspend(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Body({ schema: SuspendInfluencerBody }) body: SuspendInfluencerBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new SuspendInfluencer({ influencerId, ...body }, context));
  }
}

@CommandHandler(SuspendInfluencer)
export class SuspendInfluencerHandler implements ICommandHandler<SuspendInfluencer> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: SuspendInfluencer) {
    return answered(
      this.runner.transact({
        decider: influencer,
        stream: influencerStream(asked.influencerId),
        context,
        decide: (state) => suspendInfluencer(timed(asked, context), state),
      }),
    );
  }
}
