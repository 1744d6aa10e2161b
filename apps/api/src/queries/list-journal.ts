// The journal: every posting in the order of the log. Those of one event add up to zero.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { EventRef, Timestamp } from '#ledger/values.ts';
import type { JournalRow } from '#projections/journal/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { type Page, pageOf, pageQuery, readPage, sqlBeside } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

/** `payee:ada:pending`, `seller:s1:commission`, … */
const Account = z.string().regex(/^[a-z]+:[A-Za-z0-9_.:]{1,90}$/, 'is not an account');

export const ListJournalQuery = z.strictObject({ account: Account.optional(), ...pageQuery });
type ListJournalQuery = z.infer<typeof ListJournalQuery>;

export const PostingView = z
  .strictObject({
    logIndex: z.int(),
    line: z.int(),
    account: Account,
    amount: SignedMoney,
    event: EventRef,
    eventType: z.string(),
    occurredAt: Timestamp,
  })
  .meta({ id: 'Posting' });
type PostingView = z.infer<typeof PostingView>;

const posting = ({ amountMinor, currency, ...row }: JournalRow): PostingView => ({
  ...row,
  amount: money(amountMinor, currency),
});

const PostingViewPage = pageOf(PostingView).meta({ id: 'PostingPage' });

export class ListJournal extends Query<Page<PostingView>> {
  constructor(readonly asked: ListJournalQuery) {
    super();
  }
}

@Controller('journal')
export class ListJournalController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'Postings in the order of the log', answer: PostingViewPage })
  list(@Asked({ schema: ListJournalQuery }) asked: ListJournalQuery) {
    return this.queries.execute(new ListJournal(asked));
  }
}

const LISTING = {
  name: 'journal',
  sql: sqlBeside(import.meta.url, 'list-journal.sql'),
  from: { logIndex: -1, line: -1 },
  item: posting,
};

@QueryHandler(ListJournal)
export class ListJournalHandler implements IQueryHandler<ListJournal> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ asked }: ListJournal): Promise<Page<PostingView>> {
    return readPage(this.read, LISTING, asked, { account: asked.account ?? null });
  }
}
