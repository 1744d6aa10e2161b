// Issued statements, by payee or by period. The documents have an address of their own.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CurrencyCode, Id, Period } from '#ledger/values.ts';
import { StatementView, statementView } from '../views/statement-view.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { type Page, pageOf, pageQuery, readPage, sqlBeside } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const ListStatementsQuery = z.strictObject({
  payeeId: Id.optional(),
  period: Period.optional(),
  currency: CurrencyCode.optional(),
  ...pageQuery,
});
type ListStatementsQuery = z.infer<typeof ListStatementsQuery>;

const StatementViewPage = pageOf(StatementView).meta({ id: 'StatementPage' });

export class ListStatements extends Query<Page<StatementView>> {
  constructor(readonly asked: ListStatementsQuery) {
    super();
  }
}

@Controller('statements')
export class ListStatementsController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'Issued statements', answer: StatementViewPage })
  list(@Asked({ schema: ListStatementsQuery }) asked: ListStatementsQuery) {
    return this.queries.execute(new ListStatements(asked));
  }
}

const LISTING = {
  name: 'statements',
  sql: sqlBeside(import.meta.url, 'list-statements.sql'),
  from: { period: '', payeeId: '', currency: '' },
  item: statementView,
};

@QueryHandler(ListStatements)
export class ListStatementsHandler implements IQueryHandler<ListStatements> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ asked }: ListStatements): Promise<Page<StatementView>> {
    return readPage(this.read, LISTING, asked, {
      payeeId: asked.payeeId ?? null,
      period: asked.period ?? null,
      currency: asked.currency ?? null,
    });
  }
}
