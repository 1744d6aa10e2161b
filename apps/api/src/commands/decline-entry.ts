// An application to an official activity is declined; the seller may apply again and is judged
// anew.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { declineEntry, entry } from '#ledger/activity.ts';
import { entryStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt, Reason } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const DeclineEntryBody = z
  .strictObject({ reason: Reason, occurredAt })
  .meta({ id: 'DeclineEntry', examples: [{ reason: 'The discount is too small' }] });
type DeclineEntryBody = z.infer<typeof DeclineEntryBody>;

export class DeclineEntry extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: DeclineEntryBody & { readonly activityId: Id; readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('activities')
export class DeclineEntryController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':activityId/entries/:codeId/decline', {
    summary: 'Decline an application to an activity',
    answer: Receipt,
  })
  decline(
    @Param('activityId', { schema: Id }) activityId: Id,
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: DeclineEntryBody }) body: DeclineEntryBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new DeclineEntry({ activityId, codeId, ...body }, context));
  }
}

@CommandHandler(DeclineEntry)
export class DeclineEntryHandler implements ICommandHandler<DeclineEntry> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: DeclineEntry) {
    return answered(
      this.runner.transact({
        decider: entry,
        stream: entryStream(asked.activityId, asked.codeId),
        context,
        decide: (state) => declineEntry(timed(asked, context), state),
      }),
    );
  }
}
