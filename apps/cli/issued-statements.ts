// The statements that were issued, from the log, and their documents by content hash: both read
// beside whoever writes them.
import { openDocuments } from '#analytics/statements/documents.ts';
import type { Config } from '#api/config.ts';
import { workspaceOf } from '#api/workspace.ts';
import type { StatementIssued } from '#ledger/payee.events.ts';
import { CliFailure, EXIT } from './failure.ts';
import { eventsOfTypes, withLog } from './log-reading.ts';

export type Issued = StatementIssued['data'] & { readonly event: string };

export interface Wanted {
  readonly period?: string;
  readonly payee?: string;
  readonly currency?: string;
}

/** From the log, in the order in which they were issued. */
export function issuedStatements(config: Config, wanted: Wanted): Promise<Issued[]> {
  return withLog(config, async (log) => {
    const issued: Issued[] = [];
    for await (const { event, ref } of eventsOfTypes(log, ['StatementIssued'])) {
      const { data } = event;
      if (wanted.period !== undefined && data.period !== wanted.period) continue;
      if (wanted.payee !== undefined && data.payeeId !== wanted.payee) continue;
      if (wanted.currency !== undefined && data.currency !== wanted.currency) continue;
      issued.push({ ...data, event: ref });
    }
    return issued;
  });
}

/** Exactly one; says what there is when there are several, or none. */
export async function oneStatement(config: Config, wanted: Wanted): Promise<Issued> {
  const found = await issuedStatements(config, wanted);
  const [first] = found;
  const name = `${wanted.payee} for ${wanted.period}`;
  if (first === undefined) {
    throw new CliFailure(EXIT.files, `no statement of ${name} was issued`);
  }
  if (found.length > 1) {
    const currencies = found.map((each) => each.currency).join(', ');
    throw new CliFailure(EXIT.usage, `${name}: give --currency, there are ${currencies}`);
  }
  return first;
}

export function documentOf(config: Config, sha256: string): string {
  const documents = openDocuments(workspaceOf(config));
  try {
    const document = documents.get(sha256);
    if (document !== undefined) return document;
    throw new CliFailure(
      EXIT.files,
      `the document ${sha256} is not kept in ${config.dataDirectory}/documents.db; ` +
        '`promo-ledger statements verify` computes it again',
    );
  } finally {
    documents.close();
  }
}
