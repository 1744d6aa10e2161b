// An official activity is published, with its channel and the last moment for applications (rule
// 5).
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { ActivityPublished } from '#ledger/activity.events.ts';
import { activity, publishActivity } from '#ledger/activity.ts';
import { activityStream } from '#ledger/streams.ts';
import { Channel, Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant, occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const PublishActivityBody = z
  .strictObject({
    activityId: Id,
    name: ActivityPublished.shape.data.shape.name,
    channel: Channel,
    applicationClosesAt: Instant,
    occurredAt,
  })
  .meta({
    id: 'PublishActivity',
    examples: [
      {
        activityId: 'winter26',
        name: 'Winter festival',
        channel: 'winter',
        applicationClosesAt: '2026-01-31T23:59:59Z',
      },
    ],
  });
type PublishActivityBody = z.infer<typeof PublishActivityBody>;

export class PublishActivity extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: PublishActivityBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('activities')
export class PublishActivityController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'Publish an official activity', answer: Receipt })
  publish(
    @Body({ schema: PublishActivityBody }) body: PublishActivityBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new PublishActivity(body, context));
  }
}

@CommandHandler(PublishActivity)
export class PublishActivityHandler implements ICommandHandler<PublishActivity> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: PublishActivity) {
    return answered(
      this.runner.transact({
        decider: activity,
        stream: activityStream(asked.activityId),
        context,
        decide: (state) => publishActivity(timed(asked, context), state),
      }),
    );
  }
}
