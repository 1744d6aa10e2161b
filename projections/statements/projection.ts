// Which rules the programme has, which periods are closed, and which statements were issued.
import { eventRef } from '#ledger/streams.ts';
import { change, projection } from '#read-store/projection.ts';
import { periods, programmeRules, statements } from './tables.ts';

export const statementsProjection = projection({
  name: 'statements',
  version: 1,
  tables: [statements, periods, programmeRules],
  on: {
    ProgrammeRulesSet({ data: { occurredAt, ...rules } }, rows) {
      rows.put(programmeRules, { ...rules, setAt: occurredAt });
    },
    PeriodClosed: ({ data, logIndex }, rows) =>
      rows.put(periods, {
        period: data.period,
        status: 'closed',
        rulesVersion: data.rulesVersion,
        closedAt: data.occurredAt,
        cutoffLogIndex: logIndex,
        completedAt: null,
        statementCount: null,
        totals: null,
        manifestSha256: null,
      }),
    StatementRunCompleted: ({ data }, rows) =>
      change(rows, periods, [data.period], {
        status: 'completed',
        completedAt: data.occurredAt,
        statementCount: data.statementCount,
        totals: JSON.stringify(data.totals),
        manifestSha256: data.manifestSha256,
      }),
    StatementIssued({ data: { occurredAt, ...statement }, stream, revision, logIndex }, rows) {
      const event = eventRef(stream, revision);
      rows.put(statements, { ...statement, issuedAt: occurredAt, logIndex, event });
    },
  },
});
