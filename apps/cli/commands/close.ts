// `promo-ledger close`: closes a month and waits until its statements are computed both ways,
// compared to the byte and issued. Through the running service when there is one.
import type { Command } from 'commander';
import { closePeriod, type CompletedRun, nextPeriodToClose } from '../closing.ts';
import { configOf, openLedger } from '../connect.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common, period } from '../options.ts';
import { count, major, print, printJson, say, table } from '../terminal.ts';

export function addClose(program: Command): void {
  common(program.command('close'))
    .description('close a month and issue its statements; by default the next month to close')
    .argument('[period]', 'a month like 2026-03', period)
    .action(async (asked: string | undefined, { json = false, ...where }: Common) => {
      const config = configOf(where);
      const month = asked ?? (await withLog(config, nextPeriodToClose));
      const ledger = await openLedger(config);
      try {
        if (!json) say(`Closing ${month} (${ledger.where}) …`);
        const run = await closePeriod(ledger, month);
        if (json) printJson(run);
        else print(told(run));
      } finally {
        await ledger.close();
      }
    });
}

function told({ period, statementCount, totals, manifestSha256, cutoffLogIndex }: CompletedRun) {
  const rows = totals.map(({ statementCount: statements, lineCount, ...amounts }) => {
    const { opening, lines, other, closing } = amounts;
    const shown = [opening, lines, other, closing].map(({ amount, currency }) =>
      major(amount, currency),
    );
    return [opening.currency, count(statements), count(lineCount), ...shown];
  });
  return [
    `${period} is closed at logIndex ${cutoffLogIndex}; ` +
      `${count(statementCount)} statements issued.`,
    table(['', ' statements', ' lines', ' opening', ' earned', ' other', ' closing'], rows),
    `Manifest ${manifestSha256}`,
  ].join('\n');
}
