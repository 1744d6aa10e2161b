// An influencer submits content for a task (rule 9), also after the deadline: no commission ever
// depends on it. The same content again changes nothing.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { ContentSubmitted } from '#ledger/application.events.ts';
import { application, submitContent } from '#ledger/application.ts';
import { applicationStream } from '#ledger/streams.ts';
import { ForeignId, Id, TaskId } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const SubmitContentBody = z
  .strictObject({ contentId: ForeignId, url: ContentSubmitted.shape.data.shape.url, occurredAt })
  .meta({
    id: 'SubmitContent',
    examples: [{ contentId: 'post1', url: 'https://example.org/post/1' }],
  });
type SubmitContentBody = z.infer<typeof SubmitContentBody>;

export class SubmitContent extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: SubmitContentBody & { readonly taskId: TaskId; readonly influencerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('tasks')
export class SubmitContentController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':taskId/applications/:influencerId/content', {
    summary: 'Submit content for a task',
    answer: Receipt,
  })
  submit(
    @Param('taskId', { schema: TaskId }) taskId: TaskId,
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Body({ schema: SubmitContentBody }) body: SubmitContentBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new SubmitContent({ taskId, influencerId, ...body }, context));
  }
}

@CommandHandler(SubmitContent)
export class SubmitContentHandler implements ICommandHandler<SubmitContent> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: SubmitContent) {
    return answered(
      this.runner.transact({
        decider: application,
        stream: applicationStream(asked.taskId, asked.influencerId),
        context,
        decide: (state) => submitContent(timed(asked, context), state),
      }),
    );
  }
}
