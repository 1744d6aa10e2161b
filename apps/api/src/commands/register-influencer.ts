// An individual or an agency registers. Registering again changes nothing; the kind never changes.
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { InfluencerKind } from '#ledger/influencer.events.ts';
import { influencer, registerInfluencer } from '#ledger/influencer.ts';
import { influencerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const RegisterInfluencerBody = z
  .strictObject({ influencerId: Id, kind: InfluencerKind, occurredAt })
  .meta({ id: 'RegisterInfluencer', examples: [{ influencerId: 'ada', kind: 'individual' }] });
type RegisterInfluencerBody = z.infer<typeof RegisterInfluencerBody>;

export class RegisterInfluencer extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: RegisterInfluencerBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('influencers')
export class RegisterInfluencerController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'An individual or an agency registers', answer: Receipt })
  register(
    @Body({ schema: RegisterInfluencerBody }) body: RegisterInfluencerBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new RegisterInfluencer(body, context));
  }
}

@CommandHandler(RegisterInfluencer)
export class RegisterInfluencerHandler implements ICommandHandler<RegisterInfluencer> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: RegisterInfluencer) {
    return answered(
      this.runner.transact({
        decider: influencer,
        stream: influencerStream(asked.influencerId),
        context,
        decide: (state) => registerInfluencer(timed(asked, context), state),
      }),
    );
  }
}
