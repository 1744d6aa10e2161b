// An approved influencer asks for codes (rule 8): an individual for its one, an agency for as many
// as it wants. The same request id gives the same texts again, also after a crash half way.
import { randomBytes } from 'node:crypto';
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CodesRequested } from '#ledger/application.events.ts';
import { application, requestCodes } from '#ledger/application.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { influencer } from '#ledger/influencer.ts';
import { applicationStream, influencerStream, taskStream } from '#ledger/streams.ts';
import { task } from '#ledger/task.ts';
import { CodeText, ForeignId, Id, TaskId } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Refused, Written } from '../http/answer.ts';
import { Context, timed, withoutKey } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { IssueCodes } from '../processes/issue-codes.ts';
import { judgedOn } from '../related.ts';
import { RUNNER } from '../wiring.ts';

export const RequestCodesBody = z
  .strictObject({
    /** The caller's own: repeating it is safe. */
    requestId: ForeignId,
    count: CodesRequested.shape.data.shape.count.default(1),
    occurredAt,
  })
  .meta({ id: 'RequestCodes', examples: [{ requestId: 'spring', count: 3 }] });
type RequestCodesBody = z.infer<typeof RequestCodesBody>;

export const RequestedCodes = z
  .strictObject({
    taskId: TaskId,
    influencerId: Id,
    requestId: ForeignId,
    texts: z.array(CodeText),
  })
  .meta({ id: 'RequestedCodes' });
type RequestedCodes = z.infer<typeof RequestedCodes>;

export class RequestCodes extends Command<Answer<RequestedCodes>> {
  constructor(
    readonly asked: RequestCodesBody & { readonly taskId: TaskId; readonly influencerId: Id },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('tasks')
export class RequestCodesController {
  constructor(private readonly commands: CommandBus) {}

  @Write(':taskId/applications/:influencerId/codes', {
    summary: 'Request promo codes for a task',
    answer: RequestedCodes,
  })
  request(
    @Param('taskId', { schema: TaskId }) taskId: TaskId,
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Body({ schema: RequestCodesBody }) body: RequestCodesBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new RequestCodes({ taskId, influencerId, ...body }, context));
  }
}

@CommandHandler(RequestCodes)
export class RequestCodesHandler implements ICommandHandler<RequestCodes> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly codes: IssueCodes,
  ) {}

  async execute({ asked, context: given }: RequestCodes): Promise<Answer<RequestedCodes>> {
    const { taskId, influencerId, requestId } = asked;
    const context = withoutKey(given);
    const requested = await answered(this.#requested(asked, context));
    if (requested instanceof Refused) return requested;
    const { texts, position } = await this.codes.settle(
      { taskId, influencerId, requestId },
      context,
    );
    const reached = position > requested.position ? position : requested.position;
    const isRepeat = requested.body.events.length === 0;
    return new Written({ taskId, influencerId, requestId, texts: [...texts] }, reached, isRepeat);
  }

  #requested(asked: RequestCodes['asked'], context: CommandContext) {
    const judged = [taskStream(asked.taskId), influencerStream(asked.influencerId)] as const;
    const command = { ...timed(asked, context), seed: randomBytes(16).toString('hex') };
    return this.runner.transact({
      decider: application,
      stream: applicationStream(asked.taskId, asked.influencerId),
      related: [
        { decider: task, stream: judged[0] },
        { decider: influencer, stream: judged[1] },
      ],
      context,
      decide: (state, [of, by]) =>
        requestCodes({ ...command, judgedOn: judgedOn(judged, [of, by]) }, state, {
          task: of.state,
          influencer: by.state,
        }),
    });
  }
}
