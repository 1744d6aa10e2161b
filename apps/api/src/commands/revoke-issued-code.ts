// An issued code is revoked: from then on its text leads nowhere, for ever.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { issuedCode, revokeCode } from '#ledger/issued-code.ts';
import { issuedCodeStream } from '#ledger/streams.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt, Reason, TypedText } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const RevokeIssuedCodeBody = z
  .strictObject({ reason: Reason, occurredAt })
  .meta({ id: 'RevokeIssuedCode', examples: [{ reason: 'Leaked to a coupon site' }] });
type RevokeIssuedCodeBody = z.infer<typeof RevokeIssuedCodeBody>;

export class RevokeIssuedCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: RevokeIssuedCodeBody & { readonly text: TypedText },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('issued-codes')
export class RevokeIssuedCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':text/revoke', { summary: 'Revoke an issued code', answer: Receipt })
  revoke(
    @Param('text', { schema: TypedText }) text: TypedText,
    @Body({ schema: RevokeIssuedCodeBody }) body: RevokeIssuedCodeBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new RevokeIssuedCode({ text, ...body }, context));
  }
}

@CommandHandler(RevokeIssuedCode)
export class RevokeIssuedCodeHandler implements ICommandHandler<RevokeIssuedCode> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: RevokeIssuedCode) {
    return answered(
      this.runner.transact({
        decider: issuedCode,
        stream: issuedCodeStream(asked.text),
        context,
        decide: (state) => revokeCode(timed(asked, context), state),
      }),
    );
  }
}
