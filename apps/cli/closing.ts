// Closes a period and waits until its statements are issued. Closing a closed period again changes
// nothing, so whoever was cut off waits for the same run. What stops a run is told as the failure.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SqliteReader } from '#event-store/sqlite-reader.ts';
import type { ProgrammeEvent, StatementRunCompleted } from '#ledger/programme.events.ts';
import { periodToClose, programme } from '#ledger/programme.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import { CliFailure, EXIT } from './failure.ts';
import { demand, type Ledger } from './ledger.ts';
import { withLog } from './log-reading.ts';

export type CompletedRun = StatementRunCompleted['data'];

const LOOK_AT_LOG_MS = 50;
/** How often the service is asked whether an alarm stopped the run. */
const LOOKS_PER_ALARM_CHECK = 20;

const Ready = z.looseObject({
  alarms: z.array(z.looseObject({ process: z.string(), key: z.string(), message: z.string() })),
});

export async function closePeriod(
  ledger: Ledger,
  dataDirectory: string,
  period: string,
): Promise<CompletedRun> {
  await demand(ledger, { method: 'POST', path: '/programme/periods', body: { period } });
  return withLog(dataDirectory, async (log) => {
    for (let look = 1; ; look += 1) {
      const run = await completedRun(log, period);
      if (run !== undefined) return run;
      if (look % LOOKS_PER_ALARM_CHECK === 0) await assertNotStopped(ledger, period);
      await sleep(LOOK_AT_LOG_MS);
    }
  });
}

/** The first period that is not closed yet. */
export async function nextPeriodToClose(log: SqliteReader): Promise<string> {
  const events = await log.readStream(PROGRAMME_STREAM, { limit: 100_000 });
  const state = (events as unknown as ProgrammeEvent[]).reduce(
    programme.evolve,
    programme.initial(),
  );
  if (state.status === 'running') return periodToClose(state);
  throw new CliFailure(EXIT.refused, 'the programme has no rules yet: there is no period to close');
}

async function completedRun(log: SqliteReader, period: string): Promise<CompletedRun | undefined> {
  const last = await log.readStream(PROGRAMME_STREAM, { direction: 'backwards', limit: 100 });
  const runs = last.filter(({ type }) => type === 'StatementRunCompleted');
  return runs.map(({ data }) => data as CompletedRun).find((run) => run.period === period);
}

async function assertNotStopped(ledger: Ledger, period: string): Promise<void> {
  const { body } = await ledger.send({ method: 'GET', path: '/health/ready' });
  const { data } = Ready.safeParse(body);
  const alarm = data?.alarms.find(
    ({ key, process }) => key === period && /statement/.test(process),
  );
  if (alarm === undefined) return;
  throw new CliFailure(
    EXIT.difference,
    `${period} is closed, but its statements were not issued: ${alarm.message}`,
    { period },
  );
}
