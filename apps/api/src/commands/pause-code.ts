// A code is paused: orders paid from then on are rejected, until it is resumed.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { pauseCode, promoCode } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export class PauseCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class PauseCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/pause', { summary: 'Pause a code', answer: Receipt })
  pause(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new PauseCode({ codeId, ...body }, context));
  }
}

@CommandHandler(PauseCode)
export class PauseCodeHandler implements ICommandHandler<PauseCode> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: PauseCode) {
    return answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        context,
        decide: (state) => pauseCode(timed(asked, context), state),
      }),
    );
  }
}
