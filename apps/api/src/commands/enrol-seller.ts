// A seller enrols in the affiliate programme (rule 1): from then on it can open tasks.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { enrolSeller, seller } from '#ledger/seller.ts';
import { sellerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export class EnrolSeller extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly sellerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('sellers')
export class EnrolSellerController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':sellerId/enrol', {
    summary: 'A seller enrols in the affiliate programme',
    answer: Receipt,
  })
  enrol(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new EnrolSeller({ sellerId, ...body }, context));
  }
}

@CommandHandler(EnrolSeller)
export class EnrolSellerHandler implements ICommandHandler<EnrolSeller> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: EnrolSeller) {
    return answered(
      this.runner.transact({
        decider: seller,
        stream: sellerStream(asked.sellerId),
        context,
        decide: (state) => enrolSeller(timed(asked, context), state),
      }),
    );
  }
}
