// The affiliate switch of a code goes off (rule 3): its tasks close, and orders paid from then on
// earn nothing. What was earned before does not change.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { disableAffiliate } from '#ledger/affiliate.ts';
import { promoCode } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, settled } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { OpenTasks } from '../processes/open-tasks.ts';
import { RUNNER } from '../wiring.ts';

export class DisableAffiliate extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class DisableAffiliateController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/affiliate/disable', {
    summary: 'Switch a code off for affiliates',
    answer: Receipt,
  })
  disable(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new DisableAffiliate({ codeId, ...body }, context));
  }
}

@CommandHandler(DisableAffiliate)
export class DisableAffiliateHandler implements ICommandHandler<DisableAffiliate> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly tasks: OpenTasks,
  ) {}

  execute({ asked, context }: DisableAffiliate) {
    const done = answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        context,
        decide: (state) => disableAffiliate(timed(asked, context), state),
      }),
    );
    return settled(done, () => this.tasks.settle(asked.codeId, context));
  }
}
