// `promo-ledger doctor`: examines everything in a data directory, beside a running service and
// without changing anything, and says what is wrong, where, and what to do.
import type { Command } from 'commander';
import type { Config } from '#api/config.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { configOf } from '../connect.ts';
import { checkFiles } from '../doctor/files.ts';
import { type Finding, guarded, RESTORE } from '../doctor/finding.ts';
import { checkKept, checkMeaning, checkStored, type OnEvents } from '../doctor/log.ts';
import { type End, EXIT } from '../failure.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common } from '../options.ts';
import { progress } from '../progress.ts';
import { print, printJson, table } from '../terminal.ts';

export function addDoctor(program: Command, end: End): void {
  common(program.command('doctor'))
    .description('examine the data directory: log, keys, read models, lake, ClickHouse, statements')
    .action(async ({ json = false, ...where }: Common) => {
      const config = configOf(where);
      const findings = await withLog(config, (log) => examined(config, log, json));
      if (json) for (const finding of findings) printJson(finding);
      else print(told(findings));
      if (findings.some(({ state }) => state === 'wrong')) end(EXIT.difference);
    });
}

async function examined(
  config: Config,
  log: EventLogReader,
  isQuiet: boolean,
): Promise<readonly Finding[]> {
  const withBar = async <T>(label: string, work: (onProgress: OnEvents) => Promise<T>) => {
    const bar = progress(label, isQuiet);
    try {
      return await work((done, total) => bar.update(done, total));
    } finally {
      bar.end();
    }
  };
  const { checkClickHouse } = await import('../doctor/clickhouse.ts');
  const { checkDocuments, checkLake, checkReadModels } = await import('../doctor/derived.ts');
  const again = 'delete it: it is made again from the log';
  const checks = [
    () => guarded('files', 'see the message', () => checkFiles(config, log)),
    () =>
      guarded('stored bytes', RESTORE, () =>
        withBar('stored bytes', (onProgress) => checkStored(config, log, onProgress)),
      ),
    () => guarded('whole streams', 'see the message', () => checkKept(log)),
    () =>
      guarded('meaning', RESTORE, () =>
        withBar('meaning', (onProgress) => checkMeaning(log, onProgress)),
      ),
    () =>
      guarded('read models', again, () =>
        withBar('replay', (onProgress) => checkReadModels(config, log, onProgress)),
      ),
    () => guarded('lake', again, () => checkLake(config, log)),
    () =>
      guarded('clickhouse', 'see the message', () =>
        withBar('clickhouse', (onProgress) => checkClickHouse(config, log, onProgress)),
      ),
    () => guarded('statements', 'restore documents.db', () => checkDocuments(config, log)),
  ];
  const findings: Finding[] = [];
  for (const check of checks) findings.push(...(await check()));
  return findings;
}

const SIGNS = { ok: 'ok', note: 'note', wrong: 'WRONG' } as const;

function told(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, state, says }) => [SIGNS[state], check, says]);
  const todos = findings.flatMap(({ check, todo }) => (todo ? [`  ${check}: ${todo}`] : []));
  const isWell = findings.every(({ state }) => state !== 'wrong');
  return [
    table(['', 'what', 'finding'], rows),
    ...(todos.length > 0 ? ['', 'What to do:', ...todos] : []),
    '',
    isWell ? 'The ledger is sound.' : 'THE LEDGER IS NOT SOUND.',
  ].join('\n');
}
