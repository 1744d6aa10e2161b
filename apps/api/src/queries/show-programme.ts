// The rules of the programme as they are now, with every earlier version.
import { Controller, Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { ProgrammeRulesSet } from '#ledger/programme.events.ts';
import { Timestamp } from '#ledger/values.ts';
import type { ProgrammeRulesRow } from '#projections/statements/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { READ_STORE } from '../wiring.ts';

const { occurredAt: _, ...rules } = ProgrammeRulesSet.shape.data.shape;

export const Programme = z
  .strictObject({
    /** The latest version last; none until the rules are set for the first time. */
    versions: z.array(z.strictObject({ ...rules, setAt: Timestamp })),
  })
  .meta({ id: 'Programme' });
type Programme = z.infer<typeof Programme>;

export class ShowProgramme extends Query<Programme> {}

@Controller('programme')
export class ShowProgrammeController {
  constructor(private readonly queries: QueryBus) {}

  @Read('rules', { summary: 'The rules of the programme, all versions', answer: Programme })
  show() {
    return this.queries.execute(new ShowProgramme());
  }
}

const RULES_SQL = 'SELECT * FROM programme_rules ORDER BY version';

@QueryHandler(ShowProgramme)
export class ShowProgrammeHandler implements IQueryHandler<ShowProgramme> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute(): Promise<Programme> {
    return { versions: [...this.read.all<ProgrammeRulesRow>(RULES_SQL)] };
  }
}
