// An influencer applies for a task; the system reviews at once (rule 7). A rejection is an outcome
// with its reason, not a problem. Applying again while approved changes nothing.
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { RejectionReason } from '#ledger/application.events.ts';
import { application, applyForTask } from '#ledger/application.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer } from '#ledger/influencer.ts';
import { applicationStream, influencerStream, taskStream } from '#ledger/streams.ts';
import { task } from '#ledger/task.ts';
import { Id, TaskId } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import type { Accomplished } from '#event-store/transaction.ts';
import { type Answer, answered } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { judgedOn } from '../related.ts';
import { RUNNER } from '../wiring.ts';

export const ApplyForTaskBody = z
  .strictObject({ influencerId: Id, occurredAt })
  .meta({ id: 'ApplyForTask', examples: [{ influencerId: 'ada' }] });
type ApplyForTaskBody = z.infer<typeof ApplyForTaskBody>;

export const Review = z
  .strictObject({
    taskId: TaskId,
    influencerId: Id,
    outcome: z.enum(['approved', 'rejected']),
    reason: RejectionReason.nullable(),
  })
  .meta({ id: 'Review' });
type Review = z.infer<typeof Review>;

export class ApplyForTask extends Command<Answer<Review>> {
  constructor(
    readonly asked: ApplyForTaskBody & { readonly taskId: TaskId },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('tasks')
export class ApplyForTaskController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':taskId/applications', { summary: 'Apply for a task', answer: Review })
  apply(
    @Param('taskId', { schema: TaskId }) taskId: TaskId,
    @Body({ schema: ApplyForTaskBody }) body: ApplyForTaskBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ApplyForTask({ taskId, ...body }, context));
  }
}

@CommandHandler(ApplyForTask)
export class ApplyForTaskHandler implements ICommandHandler<ApplyForTask> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: ApplyForTask) {
    const { taskId, influencerId } = asked;
    const judged = [taskStream(taskId), influencerStream(influencerId)] as const;
    return answered(
      this.runner.transact({
        decider: application,
        stream: applicationStream(taskId, influencerId),
        related: [
          { decider: task, stream: judged[0] },
          { decider: influencer, stream: judged[1] },
        ],
        context,
        decide: (state, [of, by]) =>
          applyForTask({ ...timed(asked, context), judgedOn: judgedOn(judged, [of, by]) }, state, {
            task: of.state,
            influencer: by.state,
          }),
      }),
      ({ events }) => reviewOf(asked, events),
    );
  }
}

/** Without events it was approved before: only then does applying again change nothing. */
function reviewOf(
  { taskId, influencerId }: ApplyForTask['asked'],
  events: Accomplished<unknown, Parameters<typeof application.evolve>[1]>['events'],
): Review {
  const rejected = events.find(({ type }) => type === 'ApplicationRejected');
  const reason = rejected && 'reason' in rejected.data ? rejected.data.reason : null;
  return { taskId, influencerId, outcome: rejected ? 'rejected' : 'approved', reason };
}
