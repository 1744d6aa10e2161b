// Finance closes a period: its place in the log is the cutoff of its statements, whose run starts
// at once and goes on by itself. Closing again changes nothing.
import { Body, Controller, Inject, Logger } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { ClosePeriod as Closing, closePeriod, programme } from '#ledger/programme.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt, Refused } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { IssueStatements } from '../processes/issue-statements.ts';
import { RUNNER } from '../wiring.ts';

export const ClosePeriodBody = z
  .strictObject({ ...Closing.shape, occurredAt })
  .meta({ id: 'ClosePeriod', examples: [{ period: '2026-01' }] });
type ClosePeriodBody = z.infer<typeof ClosePeriodBody>;

export class ClosePeriod extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: ClosePeriodBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('programme')
export class ClosePeriodController {
  constructor(private readonly commands: CommandBus) {}

  @Write('periods', { summary: 'Close a period', answer: Receipt })
  close(
    @Body({ schema: ClosePeriodBody }) body: ClosePeriodBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ClosePeriod(body, context));
  }
}

@CommandHandler(ClosePeriod)
export class ClosePeriodHandler implements ICommandHandler<ClosePeriod> {
  readonly #log = new Logger('close-period');

  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly statements: IssueStatements,
  ) {}

  async execute({ asked, context }: ClosePeriod) {
    const answer = await answered(
      this.runner.transact({
        decider: programme,
        stream: PROGRAMME_STREAM,
        context,
        decide: (state) => closePeriod(timed(asked, context), state),
      }),
    );
    if (!(answer instanceof Refused)) this.#start(asked.period, context);
    return answer;
  }

  /** Not waited for: the process manager finishes it, whatever becomes of this attempt. */
  #start(period: string, context: CommandContext): void {
    this.statements
      .settle(period, context)
      .catch((error: Error) => this.#log.error(`statements of ${period}: ${error.message}`));
  }
}
