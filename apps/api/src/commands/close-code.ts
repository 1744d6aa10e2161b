// A seller closes a code, for ever: its tasks close, and orders paid from then on are rejected.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { closeCode, promoCode } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, settled } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { OpenTasks } from '../processes/open-tasks.ts';
import { RUNNER } from '../wiring.ts';

export class CloseCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class CloseCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/close', { summary: 'Close a code for ever', answer: Receipt })
  close(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new CloseCode({ codeId, ...body }, context));
  }
}

@CommandHandler(CloseCode)
export class CloseCodeHandler implements ICommandHandler<CloseCode> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly tasks: OpenTasks,
  ) {}

  execute({ asked, context }: CloseCode) {
    const done = answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        context,
        decide: (state) => closeCode({ ...timed(asked, context), reason: 'seller_closed' }, state),
      }),
    );
    return settled(done, () => this.tasks.settle(asked.codeId, context));
  }
}
