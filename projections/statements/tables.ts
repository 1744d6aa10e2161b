// Rows of the programme's rules, its closed periods and the statements that were issued.
import {
  integer,
  integerOrNull,
  oneOf,
  table,
  text,
  textOrNull,
  type RowOf,
} from '#read-store/projection.ts';

export const statements = table({
  name: 'statements',
  columns: {
    payeeId: text,
    currency: text,
    period: text,
    cutoffLogIndex: integer,
    rulesVersion: integer,
    openingMinor: text,
    lineCount: integer,
    linesMinor: text,
    otherMinor: text,
    closingMinor: text,
    inputSha256: text,
    documentSha256: text,
    issuedAt: text,
    logIndex: integer,
    /** `stream@revision`. */
    event: text,
  },
  key: ['payeeId', 'currency', 'period'],
  indexes: [{ on: ['period', 'payeeId', 'currency'] }, { on: ['documentSha256'] }],
});
export type StatementRow = RowOf<typeof statements>;

export const periods = table({
  name: 'periods',
  columns: {
    period: text,
    /** Completed: its statement run is. */
    status: oneOf<'closed' | 'completed'>(),
    rulesVersion: integer,
    closedAt: text,
    /** The place of PeriodClosed in the log. */
    cutoffLogIndex: integer,
    completedAt: textOrNull,
    statementCount: integerOrNull,
    /** JSON: `StatementTotals[]`. */
    totals: textOrNull,
    manifestSha256: textOrNull,
  },
  key: ['period'],
});
export type PeriodRow = RowOf<typeof periods>;

export const programmeRules = table({
  name: 'programme_rules',
  columns: {
    version: integer,
    firstPeriod: text,
    graceHours: integer,
    holdDays: integer,
    confirmationLimitDays: integer,
    setAt: text,
  },
  key: ['version'],
});
export type ProgrammeRulesRow = RowOf<typeof programmeRules>;
