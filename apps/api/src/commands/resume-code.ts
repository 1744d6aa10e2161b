// A paused code takes orders again, from this moment on.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { promoCode, resumeCode } from '#ledger/promo-code.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export class ResumeCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class ResumeCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':codeId/resume', { summary: 'Resume a paused code', answer: Receipt })
  resume(
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ResumeCode({ codeId, ...body }, context));
  }
}

@CommandHandler(ResumeCode)
export class ResumeCodeHandler implements ICommandHandler<ResumeCode> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: ResumeCode) {
    return answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        context,
        decide: (state) => resumeCode(timed(asked, context), state),
      }),
    );
  }
}
