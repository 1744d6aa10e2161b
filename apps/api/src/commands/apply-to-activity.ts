// A seller applies to an official activity with a code (rule 5); the application is listed under
// its applied activities until it is accepted or declined.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { activity, applyToActivity, entry } from '#ledger/activity.ts';
import { promoCode } from '#ledger/promo-code.ts';
import { seller } from '#ledger/seller.ts';
import { activityStream, entryStream, promoCodeStream, sellerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { TermsAsked } from '../http/terms.ts';
import { RUNNER } from '../wiring.ts';

export const ApplyToActivityBody = z
  .strictObject({ codeId: Id, sellerId: Id, terms: TermsAsked.exactOptional(), occurredAt })
  .meta({ id: 'ApplyToActivity', examples: [{ codeId: '1734068005', sellerId: 'seller1' }] });
type ApplyToActivityBody = z.infer<typeof ApplyToActivityBody>;

export class ApplyToActivity extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: ApplyToActivityBody & { readonly activityId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('activities')
export class ApplyToActivityController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':activityId/entries', {
    summary: 'Apply to an official activity with a code',
    answer: Receipt,
  })
  apply(
    @Param('activityId', { schema: Id }) activityId: Id,
    @Body({ schema: ApplyToActivityBody }) body: ApplyToActivityBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ApplyToActivity({ activityId, ...body }, context));
  }
}

@CommandHandler(ApplyToActivity)
export class ApplyToActivityHandler implements ICommandHandler<ApplyToActivity> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: ApplyToActivity) {
    return answered(
      this.runner.transact({
        decider: entry,
        stream: entryStream(asked.activityId, asked.codeId),
        related: [
          { decider: activity, stream: activityStream(asked.activityId) },
          { decider: promoCode, stream: promoCodeStream(asked.codeId) },
          { decider: seller, stream: sellerStream(asked.sellerId) },
        ],
        context,
        decide: (state, [of, code, owner]) =>
          applyToActivity(timed(asked, context), state, {
            activity: of.state,
            code: code.state,
            seller: owner.state,
          }),
      }),
    );
  }
}
