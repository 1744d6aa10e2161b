// An application to an official activity is accepted: the code's task opens in the activity's
// channel.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#ledger/command-context.ts';
import { acceptEntry, entry } from '#ledger/activity.ts';
import { entryStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, settled } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { OnlyWhen } from '../http/schemas.ts';
import { OpenTasks } from '../processes/open-tasks.ts';
import { RUNNER } from '../wiring.ts';

export class AcceptEntry extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: OnlyWhen & { readonly activityId: Id; readonly codeId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('activities')
export class AcceptEntryController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':activityId/entries/:codeId/accept', {
    summary: 'Accept an application to an activity',
    answer: Receipt,
  })
  accept(
    @Param('activityId', { schema: Id }) activityId: Id,
    @Param('codeId', { schema: Id }) codeId: Id,
    @Body({ schema: OnlyWhen }) body: OnlyWhen,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new AcceptEntry({ activityId, codeId, ...body }, context));
  }
}

@CommandHandler(AcceptEntry)
export class AcceptEntryHandler implements ICommandHandler<AcceptEntry> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly tasks: OpenTasks,
  ) {}

  execute({ asked, context }: AcceptEntry) {
    const done = answered(
      this.runner.transact({
        decider: entry,
        stream: entryStream(asked.activityId, asked.codeId),
        context,
        decide: (state) => acceptEntry(timed(asked, context), state),
      }),
    );
    return settled(done, () => this.tasks.settleEntry(asked.activityId, asked.codeId, context));
  }
}
