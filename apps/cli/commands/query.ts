// `promo-ledger query`: an analyst's SQL over the lake, read only, beside a running service.
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { ExportFormat, ReadyQuestion } from '#analytics/explore/query.ts';
import type { Config } from '#api/config.ts';
import { workspaceOf } from '#api/workspace.ts';
import { configOf } from '../connect.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common, wholeNumber } from '../options.ts';
import { count, print, printJson, say, table } from '../terminal.ts';

interface QueryCommand extends Common {
  readonly list?: boolean;
  readonly ready?: string;
  readonly out?: string;
  readonly format?: ExportFormat;
  readonly limit: number;
  readonly sync: boolean;
}

export function addQuery(program: Command): void {
  common(program.command('query'))
    .description('SQL over the lake (read only); `--list` shows ready questions and the views')
    .argument('[sql]', 'one SELECT; the views are described in the README')
    .option('--list', 'list the ready questions')
    .option('--ready <name>', 'ask the ready question of this name')
    .option('--out <file>', 'write the whole result to a new file')
    .addOption(
      new Option('--format <format>', 'of the file; default: by its ending').choices([
        ...['csv', 'json', 'parquet'],
      ]),
    )
    .option('--limit <rows>', 'show at most so many rows', wholeNumber, 1_000)
    .option('--no-sync', 'do not bring the lake up to date with the log first')
    .action(async (sql: string | undefined, options: QueryCommand) => {
      const { readyQuestions } = await explore();
      if (options.list) return list(readyQuestions(), options.json ?? false);
      const config = configOf(options);
      await withLog(config, () => Promise.resolve());
      const asked = sqlOf(sql, options.ready, readyQuestions());
      if (options.out === undefined) return show(config, asked, options);
      return save(config, asked, options.out, options);
    });
}

/** Loaded when a query is asked: the engine is large. */
const explore = () => import('#analytics/explore/query.ts');

function sqlOf(
  sql: string | undefined,
  ready: string | undefined,
  questions: readonly ReadyQuestion[],
): string {
  if (sql !== undefined && ready === undefined) return sql;
  const question = questions.find(({ name }) => name === ready);
  if (sql === undefined && question) return question.sql;
  const names = questions.map(({ name }) => name);
  throw new CliFailure(
    EXIT.usage,
    ready === undefined
      ? 'give one SELECT, or --ready <name>, or --list'
      : sql === undefined
        ? `--ready ${ready}: the ready questions are ${names.join(', ')}`
        : 'give a SELECT or --ready, not both',
  );
}

function list(questions: readonly ReadyQuestion[], isJson: boolean): void {
  if (isJson) printJson(questions);
  else
    print(
      table(
        ['name', 'question'],
        questions.map(({ name, title }) => [name, title]),
      ),
    );
}

async function show(
  config: Config,
  sql: string,
  { json, limit, sync }: QueryCommand,
): Promise<void> {
  const { runQuery } = await explore();
  const result = await runQuery(workspaceOf(config), sql, {
    skipSync: !sync,
    limit,
  });
  if (json) return printJson(result);
  const { columns, rows, isTruncated } = result;
  const heads = columns.map((column, place) =>
    rows.every((row) => isNumber(row[place] ?? null)) ? ` ${column}` : column,
  );
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'boolean' ? `${cell}` : cell)),
  );
  print(table(heads, cells));
  say(`${count(rows.length)} rows${isTruncated ? ` (there are more: --limit, --out)` : ''}`);
}

const isNumber = (cell: unknown) =>
  cell === null || typeof cell === 'number' || /^-?\d+(\.\d+)?$/.test(String(cell));

async function save(
  config: Config,
  sql: string,
  file: string,
  { format = formatOf(file), sync, json }: QueryCommand,
): Promise<void> {
  if (existsSync(file)) throw new CliFailure(EXIT.files, `${file} exists already`);
  const workspace = workspaceOf(config);
  const { exportQuery } = await explore();
  const { rows } = await exportQuery(workspace, sql, { file, format }, { skipSync: !sync });
  if (json) printJson({ file, format, rows });
  else print(`${count(rows)} rows written to ${file} (${format})`);
}

function formatOf(file: string): ExportFormat {
  const ending = /\.(csv|json|parquet)$/.exec(file)?.[1];
  if (ending === undefined) {
    throw new CliFailure(EXIT.usage, `${file}: give --format csv, json or parquet`);
  }
  return ending as ExportFormat;
}
