// A seller makes a task of a code that it has already, by the code's id (rule 5). One task per code
// and channel, however often this repeats.
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { promoCode } from '#ledger/promo-code.ts';
import { seller } from '#ledger/seller.ts';
import { joinCode, task } from '#ledger/task.ts';
import {
  DEFAULT_CHANNEL,
  promoCodeStream,
  sellerStream,
  taskIdOf,
  taskStream,
} from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { TermsAsked } from '../http/terms.ts';
import { RUNNER } from '../wiring.ts';

export const JoinExistingCodeBody = z
  .strictObject({ codeId: Id, sellerId: Id, terms: TermsAsked.exactOptional(), occurredAt })
  .meta({ id: 'JoinExistingCode', examples: [{ codeId: '1734068005', sellerId: 'seller1' }] });
type JoinExistingCodeBody = z.infer<typeof JoinExistingCodeBody>;

export class JoinExistingCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: JoinExistingCodeBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('tasks')
export class JoinExistingCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', {
    summary: 'Open a task by joining an existing promo code by its id',
    answer: Receipt,
  })
  join(
    @Body({ schema: JoinExistingCodeBody }) body: JoinExistingCodeBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new JoinExistingCode(body, context));
  }
}

@CommandHandler(JoinExistingCode)
export class JoinExistingCodeHandler implements ICommandHandler<JoinExistingCode> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: JoinExistingCode) {
    return answered(
      this.runner.transact({
        decider: task,
        stream: taskStream(taskIdOf(asked.codeId, DEFAULT_CHANNEL)),
        related: [
          { decider: promoCode, stream: promoCodeStream(asked.codeId) },
          { decider: seller, stream: sellerStream(asked.sellerId) },
        ],
        context,
        decide: (state, [code, owner]) =>
          joinCode(timed(asked, context), state, { code: code.state, seller: owner.state }),
      }),
    );
  }
}
