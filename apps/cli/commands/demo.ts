// `promo-ledger demo`: a seeded market of two months, closed and verified, with its figures. Says
// how to look further into the ledger that it leaves behind.
import { relative } from 'node:path';
import type { Command } from 'commander';
import { renderText } from '#analytics/statements/render.ts';
import type { Config } from '#api/config.ts';
import { configOf } from '../connect.ts';
import { assertEmptyLog, withOwnDatabase } from '../demo/apart.ts';
import { freshDemoDirectory } from '../demo/directory.ts';
import type { DemoReport, Stage } from '../demo/run.ts';
import { type End, EXIT } from '../failure.ts';
import { explanationText } from '../explanation-text.ts';
import { documentOf, type Issued, issuedStatements } from '../issued-statements.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common, wholeNumber } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { count, print, printJson, table } from '../terminal.ts';
import { explained } from './explain.ts';
import { byCurrency, told as balanceText } from './trial-balance.ts';

interface DemoCommand extends Common {
  readonly seed: number;
}

const STAGES: Readonly<Record<Stage, string>> = {
  market: 'sellers, codes, influencers',
  orders: 'days of orders',
  closing: 'closing the month',
  verifying: 'verifying both months',
  balance: 'trial balance',
};

export function addDemo(program: Command, end: End): void {
  common(program.command('demo'))
    .description('a seeded market of two months into a fresh directory (default data/demo)')
    .option('--seed <number>', 'another seed gives another market', wholeNumber, 2026)
    .action(async ({ json = false, seed, ...where }: DemoCommand) => {
      const { runDemo } = await import('../demo/run.ts');
      const config = withOwnDatabase(configOf({ data: 'data/demo', ...where }));
      await assertEmptyLog(config);
      await freshDemoDirectory(config.dataDirectory, seed);
      const began = performance.now();
      const report = await withStages(json, (onStage) => runDemo({ config, seed, onStage }));
      const seconds = (performance.now() - began) / 1_000;
      const isRight = isVerified(report) && isZero(report);
      if (json) printJson({ ...figures(report), seconds, isRight });
      else await tell(config, report, seconds);
      if (!isRight) end(EXIT.difference);
    });
}

async function withStages<T>(
  isQuiet: boolean,
  work: (onStage: (stage: Stage, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bars = new Map<Stage, Progress>();
  try {
    return await work((stage, done, total) => {
      const bar = bars.get(stage) ?? progress(STAGES[stage], isQuiet);
      bars.set(stage, bar);
      bar.update(done, total);
      if (done === total) bar.end();
    });
  } finally {
    for (const bar of bars.values()) bar.end();
  }
}

const isVerified = ({ verifications }: DemoReport) =>
  verifications.every(
    ({ matching, statements, manifestMatches }) => matching === statements && manifestMatches,
  );

const isZero = ({ balances }: DemoReport) =>
  byCurrency(balances).every(({ sumMinor }) => sumMinor === 0n);

function figures({ market, issued, outcomes, facts, events, verifications, ...rest }: DemoReport) {
  return {
    sellers: market.sellers.length,
    codes: market.codes.length,
    influencers: market.individuals.length,
    agencies: market.agencies.length,
    ...{ issued, facts, events, outcomes: Object.fromEntries(outcomes), verifications },
    trialBalance: byCurrency(rest.balances),
    secondsByStage: rest.seconds,
  };
}

async function tell(config: Config, report: DemoReport, seconds: number): Promise<void> {
  const { market, issued, outcomes, facts, events, verifications, balances } = report;
  print(
    `\n${count(market.sellers.length)} sellers with ${count(market.codes.length)} codes; ` +
      `${count(market.individuals.length)} influencers and ${count(market.agencies.length)} ` +
      `agencies hold ${count(issued)} of them.\n` +
      `${count(facts)} facts arrived in two months; the log has ${count(events)} events.\n`,
  );
  print(outcomesText(outcomes));
  for (const { period, statements, matching } of verifications) {
    print(
      `\n${period}: ${count(statements)} statements issued; ${count(matching)} computed again ` +
        'from zero, in SQL and by folding the log, match to the byte.',
    );
  }
  await tellStatement(config);
  print(`\n${balanceText(byCurrency(balances), [], isZero(report))}`);
  print(timesText(report, seconds));
  print(furtherText(config));
}

function outcomesText(outcomes: ReadonlyMap<string, number>): string {
  const rows = [...outcomes.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, times]) => {
      const [outcome = '', reason = ''] = key.split(' ');
      return [outcome, reason.replaceAll('_', ' '), count(times)];
    });
  return table(['outcome', 'reason', ' facts'], rows);
}

/** One statement of the second month, and why its first line is what it is. */
async function tellStatement(config: Config): Promise<void> {
  const issued = await issuedStatements(config, { period: '2026-04' });
  const shown = issued.find(isTelling) ?? issued.find(({ lineCount }) => lineCount > 0);
  if (shown === undefined) return;
  const document = documentOf(config, shown.documentSha256);
  print(`\n${renderText(document)}`);
  const event = firstEventOf(document);
  if (event === undefined) return;
  const [stream = ''] = event.split('@');
  const explanation = await withLog(config, (log) => explained(log, stream));
  print(`\nWhy its first line (${event}) is what it is:\n`);
  print(explanationText(stream.replace('order-', ''), explanation));
}

const isTelling = ({ lineCount, openingMinor }: Issued) =>
  lineCount >= 4 && lineCount <= 8 && openingMinor !== '0';

/** A statement names the event of each line. */
const firstEventOf = (document: string) => /"(order-[^"@]+@\d+)"/.exec(document)?.[1];

function timesText({ seconds: by }: DemoReport, seconds: number): string {
  const stages = (Object.keys(STAGES) as Stage[]).map(
    (stage) => `${STAGES[stage]} ${by[stage].toFixed(1)} s`,
  );
  return `\nIn ${seconds.toFixed(1)} s: ${stages.join(', ')}.`;
}

function furtherText({ dataDirectory, log, engine }: Config): string {
  const directory = relative(process.cwd(), dataDirectory) || '.';
  const isHere = !directory.startsWith('..');
  const path = isHere ? directory : dataDirectory;
  const where = [
    ...(log.kind === 'eventstoredb' ? [`PROMO_LEDGER_EVENTSTORE_PREFIX=${log.prefix}`] : []),
    ...(engine.kind === 'clickhouse'
      ? [`PROMO_LEDGER_CLICKHOUSE_DATABASE=${engine.database}`]
      : []),
  ];
  return [
    '',
    'Look further:',
    ...where.map((variable) => `  export ${variable}`),
    `  PROMO_LEDGER_DATA=${path} npm start    the API: http://127.0.0.1:3000/docs`,
    `  npx promo-ledger --help    the command line, for example:`,
    `  npx promo-ledger statements list --data ${path} --period 2026-04`,
    `  npx promo-ledger trial-balance --data ${path}`,
    `  npx promo-ledger query --data ${path} --list`,
    `  npx promo-ledger doctor --data ${path}`,
  ].join('\n');
}
