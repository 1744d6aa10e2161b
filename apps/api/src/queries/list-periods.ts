// The closed periods: the place in the log that cuts each off, and how far its statements are.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { StatementTotals } from '#ledger/programme.events.ts';
import { Period, Sha256, Timestamp } from '#ledger/values.ts';
import type { PeriodRow } from '#projections/statements/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { type Page, pageOf, pageQuery, readPage, sqlBeside } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const ListPeriodsQuery = z.strictObject({ ...pageQuery });
type ListPeriodsQuery = z.infer<typeof ListPeriodsQuery>;

export const PeriodView = z
  .strictObject({
    period: Period,
    /** Completed once every statement of the period is issued. */
    status: z.enum(['closed', 'completed']),
    rulesVersion: z.int(),
    closedAt: Timestamp,
    cutoffLogIndex: z.int(),
    completedAt: Timestamp.nullable(),
    statementCount: z.int().nullable(),
    totals: z.array(StatementTotals).nullable(),
    manifestSha256: Sha256.nullable(),
  })
  .meta({ id: 'ClosedPeriod' });
type PeriodView = z.infer<typeof PeriodView>;

const closedPeriod = ({ totals, ...row }: PeriodRow): PeriodView => ({
  ...row,
  totals: totals === null ? null : (JSON.parse(totals) as StatementTotals[]),
});

const PeriodViewPage = pageOf(PeriodView).meta({ id: 'ClosedPeriodPage' });

export class ListPeriods extends Query<Page<PeriodView>> {
  constructor(readonly asked: ListPeriodsQuery) {
    super();
  }
}

@Controller('periods')
export class ListPeriodsController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'Closed periods and their statement runs', answer: PeriodViewPage })
  list(@Asked({ schema: ListPeriodsQuery }) asked: ListPeriodsQuery) {
    return this.queries.execute(new ListPeriods(asked));
  }
}

const LISTING = {
  name: 'periods',
  sql: sqlBeside(import.meta.url, 'list-periods.sql'),
  from: { period: '' },
  item: closedPeriod,
};

@QueryHandler(ListPeriods)
export class ListPeriodsHandler implements IQueryHandler<ListPeriods> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ asked }: ListPeriods): Promise<Page<PeriodView>> {
    return readPage(this.read, LISTING, asked);
  }
}
