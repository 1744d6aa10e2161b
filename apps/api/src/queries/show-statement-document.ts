// A statement's document by its content hash: the canonical JSON, which is the statement, or one of
// its renderings. A document whose bytes were changed is never handed out.
import { Controller, Inject, Param, Query as Asked, Res } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrencyCode, Id, Period } from '#ledger/values.ts';
import { DocumentChanged, openDocuments } from '#analytics/statements/documents.ts';
import { renderCsv, renderHtml, renderText } from '#analytics/statements/render.ts';
import type { StatementRow } from '#projections/statements/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import type { Config } from '../config.ts';
import { RequestRefused } from '../http/problem.ts';
import { Read } from '../http/route.ts';
import { existing } from '../views/page.ts';
import { workspaceOf } from '../workspace.ts';
import { CONFIG, READ_STORE } from '../wiring.ts';

export const StatementDocumentQuery = z.strictObject({
  format: z.enum(['json', 'csv', 'text', 'html']).default('json'),
});
type StatementDocumentQuery = z.infer<typeof StatementDocumentQuery>;

/** The canonical JSON; its members are those of the statement's format. */
const StatementDocument = z.looseObject({}).meta({ id: 'StatementDocument' });

const RENDERINGS = {
  json: { type: 'application/json', render: (document: string) => document },
  csv: { type: 'text/csv; charset=utf-8', render: renderCsv },
  text: { type: 'text/plain; charset=utf-8', render: renderText },
  html: { type: 'text/html; charset=utf-8', render: renderHtml },
} as const;

type Key = { readonly payeeId: Id; readonly period: Period; readonly currency: CurrencyCode };

export class ShowStatementDocument extends Query<string> {
  constructor(
    readonly key: Key,
    readonly format: StatementDocumentQuery['format'],
  ) {
    super();
  }
}

@Controller('statements')
export class ShowStatementDocumentController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':payeeId/:period/:currency', {
    summary: 'The document of a statement',
    description: 'As canonical JSON, CSV, text, or a page that needs nothing else.',
    answer: StatementDocument,
  })
  async show(
    @Param({ schema: z.strictObject({ payeeId: Id, period: Period, currency: CurrencyCode }) })
    key: Key,
    @Asked({ schema: StatementDocumentQuery }) { format }: StatementDocumentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const document = await this.queries.execute(new ShowStatementDocument(key, format));
    void reply.type(RENDERINGS[format].type);
    return document;
  }
}

const STATEMENT_SQL = `SELECT documentSha256 FROM statements
  WHERE payeeId = :payeeId AND period = :period AND currency = :currency`;

@QueryHandler(ShowStatementDocument)
export class ShowStatementDocumentHandler implements IQueryHandler<ShowStatementDocument> {
  constructor(
    @Inject(READ_STORE) private readonly read: ReadModel,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async execute({ key, format }: ShowStatementDocument): Promise<string> {
    const row = this.read.get<Pick<StatementRow, 'documentSha256'>>(STATEMENT_SQL, { ...key });
    const { documentSha256 } = existing(row, 'payeeId', 'statement of that period and currency');
    return RENDERINGS[format].render(this.#document(documentSha256));
  }

  #document(sha256: string): string {
    const documents = openDocuments(workspaceOf(this.config));
    try {
      const document = documents.get(sha256);
      if (document !== undefined) return document;
      throw new RequestRefused('document_must_be_kept', [], { sha256 });
    } catch (error) {
      if (!(error instanceof DocumentChanged)) throw error;
      throw new RequestRefused('document_must_be_intact', [], { sha256 });
    } finally {
      documents.close();
    }
  }
}
