import { given, type GivenEvent } from '#read-store/given.ts';
import { statementsProjection } from './projection.ts';
import { periods, programmeRules, statements } from './tables.ts';

const at = (day: number) => `2026-02-0${day}T00:00:00.000Z`;
const hash = 'a'.repeat(64);
const closed: GivenEvent = [
  'programme',
  'PeriodClosed',
  { period: '2026-01', rulesVersion: 1, occurredAt: at(4) },
];

test('knows every version of the rules', () => {
  const rules = { firstPeriod: '2026-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };
  const rows = given(statementsProjection, [
    ['programme', 'ProgrammeRulesSet', { version: 1, ...rules, occurredAt: at(1) }],
    ['programme', 'ProgrammeRulesSet', { version: 2, ...rules, holdDays: 14, occurredAt: at(2) }],
  ]);
  expect(rows.of(programmeRules)).toEqual([
    { version: 1, ...rules, setAt: at(1) },
    { version: 2, ...rules, holdDays: 14, setAt: at(2) },
  ]);
});

test("a closed period's cutoff is its own place in the log; a completed one has its run", () => {
  const rules = { firstPeriod: '2026-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };
  const before: GivenEvent = [
    'programme',
    'ProgrammeRulesSet',
    { version: 1, ...rules, occurredAt: at(1) },
  ];
  expect(given(statementsProjection, [before, closed]).of(periods)).toMatchObject([
    { period: '2026-01', status: 'closed', cutoffLogIndex: 1, totals: null },
  ]);
  const run = {
    period: '2026-01',
    cutoffLogIndex: 1,
    statementCount: 0,
    totals: [],
    manifestSha256: hash,
    occurredAt: at(5),
  };
  const rows = given(statementsProjection, [
    before,
    closed,
    ['programme', 'StatementRunCompleted', run],
  ]);
  expect(rows.of(periods)).toMatchObject([
    { status: 'completed', cutoffLogIndex: 1, statementCount: 0, totals: '[]', completedAt: at(5) },
  ]);
});

test('lists issued statements with the place of their event', () => {
  const statement = {
    payeeId: 'ada',
    period: '2026-01',
    currency: 'USD',
    cutoffLogIndex: 0,
    rulesVersion: 1,
    openingMinor: '0',
    lineCount: 2,
    linesMinor: '300',
    otherMinor: '0',
    closingMinor: '300',
    inputSha256: hash,
    documentSha256: hash,
  };
  const rows = given(statementsProjection, [
    closed,
    ['payee-ada', 'StatementIssued', { ...statement, occurredAt: at(5) }],
  ]);
  expect(rows.of(statements)).toEqual([
    { ...statement, issuedAt: at(5), logIndex: 1, event: 'payee-ada@0' },
  ]);
});
