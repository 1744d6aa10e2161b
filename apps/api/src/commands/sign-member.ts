// An agency signs an individual (rule 8): from then on it can hand codes to that member.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer, signMember } from '#ledger/influencer.ts';
import { influencerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const SignMemberBody = z
  .strictObject({ memberId: Id, occurredAt })
  .meta({ id: 'SignMember', examples: [{ memberId: 'ada' }] });
type SignMemberBody = z.infer<typeof SignMemberBody>;

export class SignMember extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: SignMemberBody & { readonly influencerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('influencers')
export class SignMemberController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':influencerId/members', { summary: 'An agency signs an individual', answer: Receipt })
  sign(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Body({ schema: SignMemberBody }) body: SignMemberBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new SignMember({ influencerId, ...body }, context));
  }
}

@CommandHandler(SignMember)
export class SignMemberHandler implements ICommandHandler<SignMember> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: SignMember) {
    return answered(
      this.runner.transact({
        decider: influencer,
        stream: influencerStream(asked.influencerId),
        related: [{ decider: influencer, stream: influencerStream(asked.memberId) }],
        context,
        decide: (state, [member]) =>
          signMember(timed(asked, context), state, { member: member.state }),
      }),
    );
  }
}
