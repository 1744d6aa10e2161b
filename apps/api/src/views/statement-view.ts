// An issued statement as its event holds it; its document has an address of its own.
import { z } from 'zod';
import { EventRef, Id, Period, Sha256, Timestamp } from '#ledger/values.ts';
import type { StatementRow } from '#projections/statements/tables.ts';
import { money, SignedMoney } from '../http/schemas.ts';

export const StatementView = z
  .strictObject({
    payeeId: Id,
    period: Period,
    cutoffLogIndex: z.int(),
    rulesVersion: z.int(),
    opening: SignedMoney,
    lineCount: z.int(),
    lines: SignedMoney,
    other: SignedMoney,
    closing: SignedMoney,
    inputSha256: Sha256,
    documentSha256: Sha256,
    issuedAt: Timestamp,
    event: EventRef,
  })
  .meta({ id: 'Statement' });
export type StatementView = z.infer<typeof StatementView>;

export function statementView(row: StatementRow): StatementView {
  const { payeeId, period, cutoffLogIndex, rulesVersion, lineCount, currency } = row;
  const { inputSha256, documentSha256, issuedAt, event } = row;
  return {
    ...{ payeeId, period, cutoffLogIndex, rulesVersion, lineCount },
    ...{ inputSha256, documentSha256, issuedAt, event },
    opening: money(row.openingMinor, currency),
    lines: money(row.linesMinor, currency),
    other: money(row.otherMinor, currency),
    closing: money(row.closingMinor, currency),
  };
}
