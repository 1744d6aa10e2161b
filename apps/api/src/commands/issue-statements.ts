// Finance asks for the statement run of a closed period and waits until it is complete. Complete
// already: the same answer. A run that was stopped is tried anew.
import { Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { refuse } from '#ledger/decider.ts';
import { Period, Sha256 } from '#ledger/values.ts';
import { type Answer, Refused, Written } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { SignedMoney } from '../http/schemas.ts';
import {
  type CompletedRun,
  IssueStatements,
  PeriodNotClosed,
  RunStopped,
} from '../processes/issue-statements.ts';

export const StatementRun = z
  .strictObject({
    period: Period,
    cutoffLogIndex: z.int(),
    statementCount: z.int(),
    manifestSha256: Sha256,
    totals: z.array(
      z.strictObject({
        statementCount: z.int(),
        lineCount: z.int(),
        opening: SignedMoney,
        lines: SignedMoney,
        other: SignedMoney,
        closing: SignedMoney,
      }),
    ),
  })
  .meta({ id: 'StatementRun' });
export type StatementRun = z.infer<typeof StatementRun>;

export class IssueStatementsOf extends Command<Answer<StatementRun>> {
  constructor(
    readonly period: Period,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('programme')
export class IssueStatementsController {
  constructor(private readonly commands: CommandBus) {}

  @Write('periods/:period/statement-run', {
    summary: 'Complete the statement run of a closed period and wait for it',
    answer: StatementRun,
  })
  issue(@Param('period', { schema: Period }) period: Period, @Context() context: CommandContext) {
    return this.commands.execute(new IssueStatementsOf(period, context));
  }
}

@CommandHandler(IssueStatementsOf)
export class IssueStatementsHandler implements ICommandHandler<IssueStatementsOf> {
  constructor(private readonly statements: IssueStatements) {}

  async execute({ period, context }: IssueStatementsOf): Promise<Answer<StatementRun>> {
    try {
      const { run, position } = await this.statements.settleAgain(period, context);
      return new Written(statementRun(run), position);
    } catch (error) {
      if (error instanceof PeriodNotClosed)
        return new Refused(refuse('period_must_be_closed', { period }));
      if (!(error instanceof RunStopped)) throw error;
      const reason = error.message;
      return new Refused(refuse('statement_run_must_be_sound', { period, reason }));
    }
  }
}

function statementRun({ totals, ...run }: CompletedRun): StatementRun {
  return {
    ...run,
    totals: totals.map(({ currency, statementCount, lineCount, ...sums }) => ({
      statementCount,
      lineCount,
      opening: { amount: sums.openingMinor, currency },
      lines: { amount: sums.linesMinor, currency },
      other: { amount: sums.otherMinor, currency },
      closing: { amount: sums.closingMinor, currency },
    })),
  };
}
