// `promo-ledger statements`: the statements that were issued, one of them as document, and their
// verification from zero. All read beside a running service.
import { type Command, Option } from 'commander';
import { renderCsv, renderHtml, renderText } from '#analytics/statements/render.ts';
import { configOf } from '../connect.ts';
import type { End } from '../failure.ts';
import { documentOf, type Issued, issuedStatements, oneStatement } from '../issued-statements.ts';
import { type Common, common, currency, period } from '../options.ts';
import { count, major, print, printJson, table } from '../terminal.ts';
import { addVerify } from './verify-statements.ts';

interface ListCommand extends Common {
  readonly period?: string;
  readonly payee?: string;
  readonly currency?: string;
}

interface ShowCommand extends Common {
  readonly currency?: string;
  readonly format: 'text' | 'json' | 'csv' | 'html';
}

export function addStatements(program: Command, end: End): void {
  const statements = program
    .command('statements')
    .description('list, show and verify issued statements');
  addList(statements);
  addShow(statements);
  addVerify(statements, end);
}

function addList(statements: Command): void {
  common(statements.command('list'))
    .description('issued statements, each with its opening, lines and closing')
    .option('--period <month>', 'of this month', period)
    .option('--payee <id>', 'of this payee')
    .option('--currency <code>', 'in this currency', currency)
    .action(async (options: ListCommand) => {
      const issued = await issuedStatements(configOf(options), options);
      if (options.json) for (const statement of issued) printJson(statement);
      else print(listed(issued));
    });
}

function addShow(statements: Command): void {
  common(statements.command('show'))
    .description('one statement: for people, or its canonical JSON, CSV or a page')
    .argument('<payee>')
    .argument('<period>', 'a month like 2026-03', period)
    .option('--currency <code>', 'when the payee has several for the month', currency)
    .addOption(
      new Option('--format <format>', 'json is the statement itself, the others render it')
        .choices(['text', 'json', 'csv', 'html'])
        .default('text'),
    )
    .action(async (payee: string, month: string, { json, ...options }: ShowCommand) => {
      const config = configOf(options);
      const { documentSha256 } = await oneStatement(config, {
        ...{ payee, period: month },
        ...(options.currency !== undefined && { currency: options.currency }),
      });
      const text = documentOf(config, documentSha256);
      print(json ? text : RENDERINGS[options.format](text));
    });
}

const RENDERINGS = {
  text: renderText,
  json: (document: string) => document,
  csv: renderCsv,
  html: renderHtml,
} as const;

function listed(issued: readonly Issued[]): string {
  if (issued.length === 0) return 'No statements were issued.';
  const rows = issued.map(({ period, payeeId, currency, lineCount, ...amounts }) => [
    ...[period, payeeId, currency, count(lineCount)],
    ...[amounts.openingMinor, amounts.linesMinor, amounts.otherMinor, amounts.closingMinor].map(
      (minor) => major(minor, currency),
    ),
    amounts.documentSha256.slice(0, 12),
  ]);
  return table(
    ['period', 'payee', 'currency', ' lines', ' opening', ' earned', ' other', ' closing'].concat(
      'document',
    ),
    rows,
  );
}
