// Decider of `programme`: the rules in versions, and the periods, closed in order. A period's
// number is nowhere in its event: the place of `PeriodClosed` in the log is the cutoff.
import { z } from 'zod';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { ProgrammeRules, StatementTotals, type ProgrammeEvent } from './programme.events.ts';
import {
  endOfPeriod,
  nextPeriod,
  plusSeconds,
  SECONDS_PER_HOUR,
  untimely,
  type Timed,
  type TimeRefusal,
} from './time.ts';
import { Period, Sha256, type Timestamp } from './values.ts';

// State

export interface ClosedPeriod {
  readonly period: Period;
  readonly rulesVersion: number;
  readonly closedAt: Timestamp;
  readonly run: { readonly manifestSha256: Sha256; readonly completedAt: Timestamp } | null;
}

export type ProgrammeState = { readonly status: 'absent' } | RunningProgramme;

export interface RunningProgramme {
  readonly status: 'running';
  /** The rules that hold now; every fact pins what it needs of them. */
  readonly rules: ProgrammeRules;
  readonly version: number;
  readonly rulesSetAt: Timestamp;
  /** Contiguous from the first period. */
  readonly closed: readonly ClosedPeriod[];
}

export const programme: Decider<ProgrammeState, ProgrammeEvent> = {
  category: 'programme',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) => (state.status === 'absent' ? 50 : 500 + 300 * state.closed.length),
};

function evolve(state: ProgrammeState, event: ProgrammeEvent): ProgrammeState {
  if (event.type === 'ProgrammeRulesSet') {
    const { version, occurredAt, ...rules } = event.data;
    const closed = state.status === 'running' ? state.closed : [];
    return { status: 'running', rules, version, rulesSetAt: occurredAt, closed };
  }
  if (state.status === 'absent') throw new Error(`${event.type} before ProgrammeRulesSet`);
  if (event.type === 'PeriodClosed') {
    const { period, rulesVersion, occurredAt } = event.data;
    const closing = { period, rulesVersion, closedAt: occurredAt, run: null };
    return { ...state, closed: [...state.closed, closing] };
  }
  const { period, manifestSha256, occurredAt } = event.data;
  const run = { manifestSha256, completedAt: occurredAt };
  const closed = state.closed.map((each) => (each.period === period ? { ...each, run } : each));
  return { ...state, closed };
}

/** The only period that can be closed next. */
export function periodToClose({ rules, closed }: RunningProgramme): Period {
  const last = closed.at(-1);
  return last ? nextPeriod(last.period) : rules.firstPeriod;
}

/** A period can be closed from this moment on. */
export function closableFrom(period: Period, { graceHours }: ProgrammeRules): Timestamp {
  return plusSeconds(endOfPeriod(period), graceHours * SECONDS_PER_HOUR);
}

// Decisions

export const SetProgrammeRules = ProgrammeRules;
export type SetProgrammeRules = z.infer<typeof SetProgrammeRules>;

export type SetRulesRefusal = 'first_period_must_not_change_once_closed' | TimeRefusal;

export function setProgrammeRules(
  command: Timed<SetProgrammeRules>,
  state: ProgrammeState,
): Decision<ProgrammeEvent, SetRulesRefusal> {
  const { occurredAt, now, ...rules } = command;
  const running = state.status === 'running' ? state : null;
  if (running && areSame(rules, running.rules)) return accept();
  if (running?.closed.length && rules.firstPeriod !== running.rules.firstPeriod)
    return refuse('first_period_must_not_change_once_closed', {
      firstPeriod: running.rules.firstPeriod,
    });
  const late = untimely({ occurredAt, now }, running?.rulesSetAt ?? null);
  if (late) return late;
  const version = (running?.version ?? 0) + 1;
  return accept({ type: 'ProgrammeRulesSet', data: { version, ...rules, occurredAt } });
}

const areSame = (left: ProgrammeRules, right: ProgrammeRules): boolean =>
  left.firstPeriod === right.firstPeriod &&
  left.graceHours === right.graceHours &&
  left.holdDays === right.holdDays &&
  left.confirmationLimitDays === right.confirmationLimitDays;

export const ClosePeriod = z.strictObject({ period: Period });
export type ClosePeriod = z.infer<typeof ClosePeriod>;

export type ClosePeriodRefusal =
  | 'programme_rules_must_be_set'
  | 'periods_must_be_closed_in_order'
  | 'statement_run_must_be_complete'
  | 'period_must_be_past_its_grace'
  | TimeRefusal;

export function closePeriod(
  { period, occurredAt, now }: Timed<ClosePeriod>,
  state: ProgrammeState,
): Decision<ProgrammeEvent, ClosePeriodRefusal> {
  if (state.status === 'absent') return refuse('programme_rules_must_be_set');
  const last = state.closed.at(-1);
  if (state.closed.some((closed) => closed.period === period)) return accept();
  const next = periodToClose(state);
  if (period !== next) return refuse('periods_must_be_closed_in_order', { period, next });
  if (last && !last.run) return refuse('statement_run_must_be_complete', { period: last.period });
  const closable = closableFrom(period, state.rules);
  if (occurredAt < closable || now < closable)
    return refuse('period_must_be_past_its_grace', { period, closableFrom: closable });
  const late = untimely({ occurredAt, now }, last?.closedAt ?? null);
  if (late) return late;
  const data = { period, rulesVersion: state.version, occurredAt };
  return accept({ type: 'PeriodClosed', data });
}

export const CompleteStatementRun = z.strictObject({
  period: Period,
  cutoffLogIndex: z.int().min(0),
  statementCount: z.int().min(0),
  totals: z.array(StatementTotals),
  manifestSha256: Sha256,
});
export type CompleteStatementRun = z.infer<typeof CompleteStatementRun>;

export type CompleteRunRefusal =
  'period_must_be_closed' | 'statement_run_must_not_change' | TimeRefusal;

/** Another manifest for a completed run is an alarm: the same log must give the same statements. */
export function completeStatementRun(
  command: Timed<CompleteStatementRun>,
  state: ProgrammeState,
): Decision<ProgrammeEvent, CompleteRunRefusal> {
  const { now, ...data } = command;
  const { period, manifestSha256, occurredAt } = data;
  const closed = state.status === 'running' ? state.closed : [];
  const closing = closed.find((each) => each.period === period);
  if (!closing) return refuse('period_must_be_closed', { period });
  if (closing.run && closing.run.manifestSha256 !== manifestSha256)
    return refuse('statement_run_must_not_change', {
      period,
      completed: closing.run,
      manifestSha256,
    });
  if (closing.run) return accept();
  const late = untimely({ occurredAt, now }, closing.closedAt);
  if (late) return late;
  return accept({ type: 'StatementRunCompleted', data });
}

export type ProgrammeRefusal = SetRulesRefusal | ClosePeriodRefusal | CompleteRunRefusal;
