// A seller leaves the platform: its codes close from the time of its leaving, and their tasks with
// them. What was earned before stays.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { leaveSeller, seller } from '#ledger/seller.ts';
import { sellerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, settled } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { CloseCodes } from '../processes/close-codes.ts';
import { RUNNER } from '../wiring.ts';

export class LeavePlatform extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly sellerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('sellers')
export class LeavePlatformController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':sellerId/leave', { summary: 'A seller leaves the platform', answer: Receipt })
  leave(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new LeavePlatform({ sellerId, ...body }, context));
  }
}

@CommandHandler(LeavePlatform)
export class LeavePlatformHandler implements ICommandHandler<LeavePlatform> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly codes: CloseCodes,
  ) {}

  execute({ asked, context }: LeavePlatform) {
    const done = answered(
      this.runner.transact({
        decider: seller,
        stream: sellerStream(asked.sellerId),
        context,
        decide: (state) => leaveSeller(timed(asked, context), state),
      }),
    );
    return settled(done, () => this.codes.settle(asked.sellerId, context));
  }
}
