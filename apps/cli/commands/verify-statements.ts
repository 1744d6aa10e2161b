// `promo-ledger statements verify`: computes issued statements again, from the log's first event on
// and both ways, and says match, or the first line that differs.
import type { Command } from 'commander';
import type { Verification } from '#analytics/statements/verify.ts';
import type { OnProgress } from '#analytics/workspace.ts';
import type { Config } from '#api/config.ts';
import { workspaceOf } from '#api/workspace.ts';
import { configOf } from '../connect.ts';
import { CliFailure, type End, EXIT } from '../failure.ts';
import { oneStatement } from '../issued-statements.ts';
import { eventsOfTypes, withLog } from '../log-reading.ts';
import { type Common, common, currency, period } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { count, print, printJson } from '../terminal.ts';

interface VerifyCommand extends Common {
  readonly currency?: string;
}

export function addVerify(statements: Command, end: End): void {
  common(statements.command('verify'))
    .description('compute statements again from zero: one, a month, or all completed months')
    .argument('[payee]', 'a payee (then also the month), or a month, or nothing for all')
    .argument('[period]', 'a month like 2026-03', period)
    .option('--currency <code>', 'when the payee has several for the month', currency)
    .action(
      async (first: string | undefined, second: string | undefined, options: VerifyCommand) => {
        const config = configOf(options);
        if (first !== undefined && second !== undefined) {
          await verifyOne(config, { payee: first, period: second, ...options }, end);
          return;
        }
        const periods = await completedPeriods(config);
        const wanted = first === undefined ? periods : periods.filter((each) => each === first);
        if (wanted.length === 0) throw new CliFailure(EXIT.usage, nothingToVerify(first, periods));
        for (const each of wanted) await verifyPeriod(config, each, options.json ?? false, end);
      },
    );
}

async function verifyOne(
  config: Config,
  { payee, period, currency, json = false }: VerifyCommand & { payee: string; period: string },
  end: End,
): Promise<void> {
  const wanted = { payee, period, ...(currency !== undefined && { currency }) };
  const issued = await oneStatement(config, wanted);
  const { payeeId } = issued;
  const key = { payeeId, period, currency: issued.currency };
  const { verifyStatement } = await import('#analytics/statements/verify.ts');
  const verification = await withBars(json, (onProgress) =>
    verifyStatement(workspaceOf(config), key, { onProgress }),
  );
  if (json) printJson({ ...key, ...verification });
  else print(`Statement of ${payeeId} for ${period} in ${issued.currency}: ${told(verification)}`);
  if (verification.outcome !== 'match') end(EXIT.difference);
}

function told(verification: Verification): string {
  switch (verification.outcome) {
    case 'match':
      return (
        `match. ${count(verification.lineCount)} lines, computed from zero both ways; ` +
        `document ${verification.documentSha256}.`
      );
    case 'differs':
      return `DIFFERS. ${verification.difference}`;
    case 'not_issued':
      return 'was not issued.';
  }
}

async function verifyPeriod(
  config: Config,
  period: string,
  json: boolean,
  end: End,
): Promise<void> {
  const { verifyRun } = await import('#analytics/statements/verify.ts');
  const run = await withBars(json, (onProgress) =>
    verifyRun(workspaceOf(config), period, { onProgress }),
  );
  const { matching, statements, manifestMatches, differences } = run;
  const isMatch = matching === statements && manifestMatches && differences.length === 0;
  if (json) printJson({ ...run, isMatch });
  else {
    print(
      `${period}: ${count(matching)} of ${count(statements)} statements match to the byte, ` +
        `computed from zero both ways; the manifest ${manifestMatches ? 'matches' : 'DIFFERS'}.`,
    );
    for (const { payeeId, currency, difference } of differences.slice(0, 20)) {
      print(`  DIFFERS: ${payeeId} ${currency}: ${difference}`);
    }
  }
  if (!isMatch) end(EXIT.difference);
}

function completedPeriods(config: Config): Promise<string[]> {
  return withLog(config, async (log) => {
    const periods: string[] = [];
    for await (const { event } of eventsOfTypes(log, ['StatementRunCompleted'])) {
      periods.push(event.data.period);
    }
    return periods;
  });
}

function nothingToVerify(asked: string | undefined, periods: readonly string[]): string {
  if (periods.length === 0) return 'no statement run is complete yet: there is nothing to verify';
  return `${asked}: give a payee and a month, or one of the completed months ${periods.join(', ')}`;
}

/** A bar for every stage that the work goes through. */
async function withBars<T>(
  isQuiet: boolean,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  let shown: { readonly stage: string; readonly bar: Progress } | undefined;
  try {
    return await work(({ stage, done, total }) => {
      if (shown?.stage !== stage) {
        shown?.bar.end();
        shown = { stage, bar: progress(stage, isQuiet) };
      }
      shown.bar.update(done, total);
    });
  } finally {
    shown?.bar.end();
  }
}
