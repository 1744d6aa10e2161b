// `promo-ledger import`: an order file, mapped by a preset's documented rule, through the bulk
// endpoint. Prints how every line ended, and that the endings add up to the file.
import { type Command, Option } from 'commander';
import { configOf, openLedger } from '../connect.ts';
import { type End, EXIT } from '../failure.ts';
import { presets } from '../import/presets.ts';
import { importFile, type ImportReport, type OnImportProgress } from '../import/run.ts';
import { surveyFile } from '../import/run.ts';
import { type Common, common } from '../options.ts';
import { progress } from '../progress.ts';
import { count, major, print, printJson, table } from '../terminal.ts';

interface ImportCommand extends Common {
  readonly preset: string;
}

export function addImport(program: Command, end: End): void {
  common(program.command('import'))
    .description('import an order file (CSV, also .gz) by the rule of a preset')
    .argument('<file>', 'CSV with a header, plain or gzipped')
    .addOption(
      new Option('--preset <name>', 'how the file maps to sellers, codes, influencers, refunds')
        .choices([...presets.keys()])
        .default('online-retail'),
    )
    .addHelpText('after', rules())
    .action(async (file: string, { preset: name, ...common }: ImportCommand) => {
      const report = await imported(file, name, common);
      if (common.json) printJson(report);
      else print(told(report));
      if (!addsUp(report)) end(EXIT.difference);
    });
}

async function imported(
  file: string,
  name: string,
  { json = false, ...where }: Common,
): Promise<ImportReport> {
  const bars = {
    survey: progress('reading the file', json),
    market: progress('sellers and influencers', json),
    orders: progress('lines', json),
  };
  const source = { file, preset: presets.get(name)! };
  const onProgress: OnImportProgress = (stage, done, total) => bars[stage].update(done, total);
  try {
    const surveyed = await surveyFile(source, onProgress);
    bars.survey.end();
    const ledger = await openLedger(configOf(where));
    try {
      return await importFile(ledger, source, surveyed, onProgress);
    } finally {
      await ledger.close();
    }
  } finally {
    for (const bar of Object.values(bars)) bar.end();
  }
}

const addsUp = ({ lines, minor, endedLines, endedMinor }: ImportReport) =>
  lines === endedLines && minor === endedMinor;

const ENDING_NAMES = {
  attributed: 'attributed',
  refused: 'refused',
  refund_applied: 'refund applied',
  nothing_to_reverse: 'refund found nothing to reverse',
} as const;

function told(report: ImportReport): string {
  const { currency, buckets, lines, minor, endedLines, endedMinor } = report;
  const money = (amount: bigint) => major(amount, currency);
  const rows = buckets.map(({ ending, reason, facts, lines: ended, minor: amount }) => [
    ...[ENDING_NAMES[ending], reason, count(facts), count(ended), money(amount)],
  ]);
  const sums = [
    ['all endings', '', '', count(endedLines), money(endedMinor)],
    ['the file', '', '', count(lines), money(minor)],
  ];
  return [
    table(['how a line ended', 'reason', ' facts', ' lines', ` ${currency}`], [...rows, ...sums]),
    '',
    addsUp(report) ? 'The endings add up to the file.' : 'THE ENDINGS DO NOT ADD UP TO THE FILE.',
    `Exact sum of quantity times price: ${report.exact}; rounding each line once to minor units`,
    `differs from it by ${report.roundingDifference}.`,
    `${count(report.invoices)} invoices in ${report.seconds.toFixed(1)} s` +
      (report.repeated > 0 ? `; ${count(report.repeated)} facts were known already.` : '.'),
  ].join('\n');
}

function rules(): string {
  const told = [...presets.values()].map(({ name, title, rule }) =>
    [`${name}: ${title}`, ...rule.map((line) => `  ${line}`)].join('\n'),
  );
  return `\nPresets:\n\n${told.join('\n\n')}\n`;
}
