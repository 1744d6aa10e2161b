// An agency hands one of its codes to a member that it has signed (rule 8): the member promotes it
// from then on, the agency stays the payee.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer } from '#ledger/influencer.ts';
import { assignCode, issuedCode } from '#ledger/issued-code.ts';
import { influencerStream, issuedCodeStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt, TypedText } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const AssignIssuedCodeBody = z
  .strictObject({ payeeId: Id, promoterId: Id, occurredAt })
  .meta({ id: 'AssignIssuedCode', examples: [{ payeeId: 'agency1', promoterId: 'ada' }] });
type AssignIssuedCodeBody = z.infer<typeof AssignIssuedCodeBody>;

export class AssignIssuedCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: AssignIssuedCodeBody & { readonly text: TypedText },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('issued-codes')
export class AssignIssuedCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':text/assign', { summary: 'An agency hands a code to a member', answer: Receipt })
  assign(
    @Param('text', { schema: TypedText }) text: TypedText,
    @Body({ schema: AssignIssuedCodeBody }) body: AssignIssuedCodeBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new AssignIssuedCode({ text, ...body }, context));
  }
}

@CommandHandler(AssignIssuedCode)
export class AssignIssuedCodeHandler implements ICommandHandler<AssignIssuedCode> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: AssignIssuedCode) {
    return answered(
      this.runner.transact({
        decider: issuedCode,
        stream: issuedCodeStream(asked.text),
        related: [
          { decider: influencer, stream: influencerStream(asked.payeeId) },
          { decider: influencer, stream: influencerStream(asked.promoterId) },
        ],
        context,
        decide: (state, [payee, promoter]) =>
          assignCode(timed(asked, context), state, {
            payee: payee.state,
            promoter: promoter.state,
          }),
      }),
    );
  }
}
