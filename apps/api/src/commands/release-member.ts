// An agency releases a member: it gets no further codes; those it promotes stay with it.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer, releaseMember } from '#ledger/influencer.ts';
import { influencerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export class ReleaseMember extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly influencerId: Id; readonly memberId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('influencers')
export class ReleaseMemberController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':influencerId/members/:memberId/release', {
    summary: 'An agency releases a member',
    answer: Receipt,
  })
  release(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Param('memberId', { schema: Id }) memberId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ReleaseMember({ influencerId, memberId, ...body }, context));
  }
}

@CommandHandler(ReleaseMember)
export class ReleaseMemberHandler implements ICommandHandler<ReleaseMember> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: ReleaseMember) {
    return answered(
      this.runner.transact({
        decider: influencer,
        stream: influencerStream(asked.influencerId),
        context,
        decide: (state) => releaseMember(timed(asked, context), state),
      }),
    );
  }
}
