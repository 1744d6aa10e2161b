// Finance sets the rules of the programme (first period, grace, hold days, confirmation limit) as a
// new version. The same rules again change nothing.
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { ProgrammeRules } from '#ledger/programme.events.ts';
import { programme, setProgrammeRules } from '#ledger/programme.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import type { Runner } from '#event-store/runner.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { occurredAt } from '../http/schemas.ts';
import { RUNNER } from '../wiring.ts';

export const SetProgrammeRulesBody = z.strictObject({ ...ProgrammeRules.shape, occurredAt }).meta({
  id: 'SetProgrammeRules',
  examples: [{ firstPeriod: '2026-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 }],
});
type SetProgrammeRulesBody = z.infer<typeof SetProgrammeRulesBody>;

export class SetProgrammeRules extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: SetProgrammeRulesBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('programme')
export class SetProgrammeRulesController {
  constructor(private readonly commands: CommandBus) {}

  @Write('rules', { method: 'PUT', summary: 'Set the rules of the programme', answer: Receipt })
  set(
    @Body({ schema: SetProgrammeRulesBody }) body: SetProgrammeRulesBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new SetProgrammeRules(body, context));
  }
}

@CommandHandler(SetProgrammeRules)
export class SetProgrammeRulesHandler implements ICommandHandler<SetProgrammeRules> {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  execute({ asked, context }: SetProgrammeRules) {
    return answered(
      this.runner.transact({
        decider: programme,
        stream: PROGRAMME_STREAM,
        context,
        decide: (state) => setProgrammeRules(timed(asked, context), state),
      }),
    );
  }
}
