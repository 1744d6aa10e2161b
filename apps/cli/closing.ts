// Closes a period and waits until its statements are issued. Closing a closed period again changes
// nothing, so whoever was cut off waits for the same run. What stops a run is told as the failure.
import { z } from 'zod';
import type { ProgrammeEvent } from '#ledger/programme.events.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { periodToClose, programme } from '#ledger/programme.ts';
import { PROGRAMME_STREAM } from '#ledger/streams.ts';
import { CliFailure, EXIT } from './failure.ts';
import { demand, type Ledger } from './ledger.ts';

const Money = z.object({ amount: z.string(), currency: z.string() });

export const CompletedRun = z.object({
  period: z.string(),
  cutoffLogIndex: z.int(),
  statementCount: z.int(),
  manifestSha256: z.string(),
  totals: z.array(
    z.object({
      statementCount: z.int(),
      lineCount: z.int(),
      opening: Money,
      lines: Money,
      other: Money,
      closing: Money,
    }),
  ),
});
export type CompletedRun = z.infer<typeof CompletedRun>;

export async function closePeriod(ledger: Ledger, period: string): Promise<CompletedRun> {
  await demand(ledger, { method: 'POST', path: '/programme/periods', body: { period } });
  const path = `/programme/periods/${period}/statement-run`;
  const { status, body } = await ledger.send({ method: 'POST', path });
  if (status < 400) return CompletedRun.parse(body);
  const { code, details } = (body ?? {}) as { code?: string; details?: { reason?: string } };
  throw new CliFailure(
    code === 'statement_run_must_be_sound' ? EXIT.difference : EXIT.service,
    `${period} is closed, but its statements are not issued: ${details?.reason ?? code ?? status}`,
    { period, ...(code !== undefined && { code }) },
  );
}

/** The first period that is not closed, or the last closed one while its statements are due. */
export async function nextPeriodToClose(log: EventLogReader): Promise<string> {
  const events = await log.readStream(PROGRAMME_STREAM, { limit: 100_000 });
  const state = (events as unknown as ProgrammeEvent[]).reduce(
    programme.evolve,
    programme.initial(),
  );
  if (state.status === 'running') {
    const last = state.closed.at(-1);
    return last && !last.run ? last.period : periodToClose(state);
  }
  throw new CliFailure(EXIT.refused, 'the programme has no rules yet: there is no period to close');
}
