import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import {
  closableFrom,
  closePeriod,
  completeStatementRun,
  periodToClose,
  programme,
  setProgrammeRules,
} from './programme.ts';
import type { ProgrammeEvent } from './programme.events.ts';

const rules = { firstPeriod: '2026-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };
const SEVENTY_TWO_HOURS_AFTER_JANUARY = '2026-02-04T00:00:00.000Z';
const sha = (digit: string) => digit.repeat(64);
const ahead = at('2027-01-01T00:00:00.000Z');

const set = (changes: Partial<typeof rules> = {}, version = 1): ProgrammeEvent => ({
  type: 'ProgrammeRulesSet',
  data: { version, ...rules, ...changes, occurredAt: on(1) },
});
const closed = (period: string, occurredAt: string): ProgrammeEvent => ({
  type: 'PeriodClosed',
  data: { period, rulesVersion: 1, occurredAt },
});
const run = (period: string) => ({
  period,
  ...{ cutoffLogIndex: 12, statementCount: 0, totals: [], manifestSha256: sha('a') },
});
const completed = (period: string, occurredAt: string): ProgrammeEvent => ({
  type: 'StatementRunCompleted',
  data: { ...run(period), occurredAt },
});
const janClosed = closed('2026-01', '2026-02-04T09:00:00.000Z');
const janDone = completed('2026-01', '2026-02-04T10:00:00.000Z');

describe('setting the rules', () => {
  it('makes a new version, and the same rules again make none', () => {
    expect(setProgrammeRules({ ...rules, ...at(on(2)) }, given(programme, set()))).toEqual({
      events: [],
    });
    expect(
      setProgrammeRules({ ...rules, holdDays: 14, ...at(on(2)) }, given(programme, set())),
    ).toEqual({
      events: [
        {
          type: 'ProgrammeRulesSet',
          data: { version: 2, ...rules, holdDays: 14, occurredAt: on(2) },
        },
      ],
    });
  });

  it('may move the first period until a period is closed', () => {
    const moved = { ...rules, firstPeriod: '2025-12', ...at(on(3)) };
    expect(outcomeOf(setProgrammeRules(moved, given(programme, set())))).toBe('ProgrammeRulesSet');
  });

  it('is refused in this order', () => {
    const worst = { ...rules, firstPeriod: '2025-12', ...ahead };
    expectLadder(
      { command: worst },
      ({ command }) => setProgrammeRules(command, given(programme, set(), janClosed)),
      [
        'first_period_must_not_change_once_closed',
        { command: { ...rules, graceHours: 1, ...ahead } },
      ],
      [
        'occurred_at_must_not_be_ahead_of_the_clock',
        { command: { ...rules, graceHours: 1, ...at(on(1, '09:00')) } },
      ],
      [
        'occurred_at_must_not_precede_last_fact',
        { command: { ...rules, graceHours: 1, ...at(on(2)) } },
      ],
    );
  });
});

describe('closing a period', () => {
  const january = { period: '2026-01', ...at('2026-02-05T00:00:00.000Z') };
  const february = { period: '2026-02', ...at('2026-03-05T00:00:00.000Z') };

  it('records the rules version and no number', () => {
    expect(closePeriod(january, given(programme, set(), set({}, 2)))).toEqual({
      events: [
        {
          type: 'PeriodClosed',
          data: { period: '2026-01', rulesVersion: 2, occurredAt: january.occurredAt },
        },
      ],
    });
  });

  it('goes on with the month after, from the first period of the rules', () => {
    const open = given(programme, set());
    const next = given(programme, set(), janClosed, janDone);
    if (open.status === 'absent' || next.status === 'absent') throw new Error('no rules');
    expect([periodToClose(open), periodToClose(next)]).toEqual(['2026-01', '2026-02']);
    expect(outcomeOf(closePeriod(february, next))).toBe('PeriodClosed');
  });

  it('is possible from 72 hours after the end of the month, by both times', () => {
    expect(closableFrom('2026-01', rules)).toBe(SEVENTY_TWO_HOURS_AFTER_JANUARY);
    const state = given(programme, set());
    const by = (occurredAt: string, now: string) =>
      outcomeOf(closePeriod({ period: '2026-01', occurredAt, now }, state));
    const [early, just] = ['2026-02-03T23:59:59.999Z', SEVENTY_TWO_HOURS_AFTER_JANUARY];
    expect([by(early, just), by(just, early), by(just, just)]).toEqual([
      'period_must_be_past_its_grace',
      'period_must_be_past_its_grace',
      'PeriodClosed',
    ]);
  });

  it('is refused in this order', () => {
    const worst = { period: '2026-03', ...at(on(1)) };
    expectLadder(
      { command: worst, events: [] as ProgrammeEvent[] },
      ({ command, events }) => closePeriod(command, given(programme, ...events)),
      ['programme_rules_must_be_set', { events: [set(), janClosed] }],
      ['periods_must_be_closed_in_order', { command: { period: '2026-02', ...at(on(1)) } }],
      ['statement_run_must_be_complete', { events: [set(), janClosed, janDone] }],
      ['period_must_be_past_its_grace', { command: { ...february, ...ahead } }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: february }],
    );
  });

  it('is never dated before the period closed last', () => {
    const late = closed('2026-01', '2026-04-01T00:00:00.000Z');
    expect(outcomeOf(closePeriod(february, given(programme, set(), late, janDone)))).toBe(
      'occurred_at_must_not_precede_last_fact',
    );
  });

  it('changes nothing again, also long after', () => {
    const state = given(
      programme,
      set(),
      janClosed,
      janDone,
      closed('2026-02', february.occurredAt),
    );
    expect(outcomeOf(closePeriod({ period: '2026-01', ...ahead }, state))).toBe('unchanged');
    expect(outcomeOf(closePeriod({ period: '2026-02', ...ahead }, state))).toBe('unchanged');
  });
});

describe('completing a statement run', () => {
  const command = { ...run('2026-01'), ...at('2026-02-04T10:00:00.000Z') };

  it('records its totals and manifest', () => {
    const { now: _now, ...data } = command;
    expect(completeStatementRun(command, given(programme, set(), janClosed))).toEqual({
      events: [{ type: 'StatementRunCompleted', data }],
    });
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...command, ...ahead }, events: [set()] },
      (world) => completeStatementRun(world.command, given(programme, ...world.events)),
      ['period_must_be_closed', { events: [set(), janClosed] }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(1)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing again, and another manifest for the same run is an alarm', () => {
    const done = given(programme, set(), janClosed, janDone);
    expect(outcomeOf(completeStatementRun({ ...command, ...ahead }, done))).toBe('unchanged');
    expect(outcomeOf(completeStatementRun({ ...command, manifestSha256: sha('b') }, done))).toBe(
      'statement_run_must_not_change',
    );
  });
});
