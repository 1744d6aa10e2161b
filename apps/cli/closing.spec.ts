import { openSqliteStore } from '#event-store/sqlite-store.ts';
import type { ProgrammeEvent } from '#ledger/programme.events.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import { nextPeriodToClose } from './closing.ts';

const occurredAt = '2026-03-04T00:00:00.000Z';
const rules: ProgrammeEvent = {
  type: 'ProgrammeRulesSet',
  data: {
    ...{ version: 1, firstPeriod: '2026-01', graceHours: 72, holdDays: 7, occurredAt },
    confirmationLimitDays: 180,
  },
};
const closed: ProgrammeEvent = {
  type: 'PeriodClosed',
  data: { period: '2026-01', rulesVersion: 1, occurredAt },
};
const completed: ProgrammeEvent = {
  type: 'StatementRunCompleted',
  data: {
    ...{ period: '2026-01', cutoffLogIndex: 1, statementCount: 0, totals: [], occurredAt },
    manifestSha256: '0'.repeat(64),
  },
};

async function nextAfter(...events: readonly ProgrammeEvent[]): Promise<string> {
  const log = openSqliteStore(':memory:');
  const id = '00000000-0000-4000-8000-000000000000';
  const metadata = { correlationId: id, causationId: id, actor: 'test:x', recordedAt: occurredAt };
  const recorded = events.map((event) => ({ ...event, id, metadata }));
  await log.append(PROGRAMME_STREAM, 'no_stream', recorded);
  return nextPeriodToClose(log).finally(() => log.close());
}

describe('the period to close when none is named', () => {
  it('is the first one at the beginning', async () => {
    expect(await nextAfter(rules)).toBe('2026-01');
  });

  it('is the closed one as long as its statements are not issued', async () => {
    expect(await nextAfter(rules, closed)).toBe('2026-01');
  });

  it('is the one after it when they are', async () => {
    expect(await nextAfter(rules, closed, completed)).toBe('2026-02');
  });
});
