// An influencer's codes: those issued to it, and those that an agency handed to it.
import { Controller, Inject, Param, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { CodeText, ForeignId, Id, TaskId, Timestamp } from '#ledger/values.ts';
import type { IssuedCodeRow } from '#projections/influencer-codes/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import {
  existing,
  LAST,
  LATEST,
  type Page,
  pageOf,
  pageQuery,
  readPage,
  sqlBeside,
} from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

export const ListInfluencerCodesQuery = z.strictObject({ taskId: TaskId.optional(), ...pageQuery });
type ListInfluencerCodesQuery = z.infer<typeof ListInfluencerCodesQuery>;

export const IssuedCodeView = z
  .strictObject({
    text: CodeText,
    codeId: Id,
    taskId: TaskId,
    sellerId: Id,
    payeeId: Id,
    promoterId: Id.nullable(),
    requestId: ForeignId,
    status: z.enum(['issued', 'revoked']),
    issuedAt: Timestamp,
    assignedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
    revocationReason: z.string().nullable(),
  })
  .meta({ id: 'IssuedCode' });
type IssuedCodeView = z.infer<typeof IssuedCodeView>;

const IssuedCodeViewPage = pageOf(IssuedCodeView).meta({ id: 'IssuedCodePage' });

export class ListInfluencerCodes extends Query<Page<IssuedCodeView>> {
  constructor(
    readonly influencerId: Id,
    readonly asked: ListInfluencerCodesQuery,
  ) {
    super();
  }
}

@Controller('influencers')
export class ListInfluencerCodesController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':influencerId/codes', {
    summary: 'The codes of an influencer',
    answer: IssuedCodeViewPage,
  })
  list(
    @Param('influencerId', { schema: Id }) influencerId: Id,
    @Asked({ schema: ListInfluencerCodesQuery }) asked: ListInfluencerCodesQuery,
  ) {
    return this.queries.execute(new ListInfluencerCodes(influencerId, asked));
  }
}

const LISTING = {
  name: 'influencer-codes',
  sql: sqlBeside(import.meta.url, 'list-influencer-codes.sql'),
  from: { issuedAt: LATEST, text: LAST },
  item: ({ requestIndex, ...code }: IssuedCodeRow): IssuedCodeView => code,
};

@QueryHandler(ListInfluencerCodes)
export class ListInfluencerCodesHandler implements IQueryHandler<ListInfluencerCodes> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ influencerId, asked }: ListInfluencerCodes): Promise<Page<IssuedCodeView>> {
    existing(
      this.read.get('SELECT 1 FROM influencers WHERE influencerId = :influencerId', {
        influencerId,
      }),
      'influencerId',
      'influencer',
    );
    return readPage(this.read, LISTING, asked, { influencerId, taskId: asked.taskId ?? null });
  }
}
