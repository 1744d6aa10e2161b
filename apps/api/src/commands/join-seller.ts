// A seller joins the platform (rule 1). Joining again changes nothing.
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { joinSeller, seller } from '#ledger/seller.ts';
import { sellerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const JoinSellerBody = z
  .strictObject({ sellerId: Id, occurredAt })
  .meta({ id: 'JoinSeller', examples: [{ sellerId: 'seller1' }] });
type JoinSellerBody = z.infer<typeof JoinSellerBody>;

export class JoinSeller extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: JoinSellerBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('sellers')
export class JoinSellerController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'A seller joins the platform', answer: Receipt })
  join(@Body({ schema: JoinSellerBody }) body: JoinSellerBody, @Context() context: CommandContext) {
    return this.commands.execute(new JoinSeller(body, context));
  }
}

@CommandHandler(JoinSeller)
export class JoinSellerHandler implements ICommandHandler<JoinSeller> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: JoinSeller) {
    return answered(
      this.runner.transact({
        decider: seller,
        stream: sellerStream(asked.sellerId),
        context,
        decide: (state) => joinSeller(timed(asked, context), state),
      }),
    );
  }
}
