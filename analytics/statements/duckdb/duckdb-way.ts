// Statements by DuckDB over the lake. All arithmetic is in the `.sql` files beside this one; here
// they run in order, and the lines they give are put into their documents.
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal, rowsOf, setVariables, sqlFile } from '../../duckdb/engine.ts';
import { AmountDiffers, RunRefused } from '../run.ts';
import type { SqlDocument, SqlInput, SqlWay } from '../sql-way.ts';

const sql = (name: string) => sqlFile(new URL(`${name}.sql`, import.meta.url));

export function duckdbWay(connection: DuckDBConnection, input: SqlInput): SqlWay {
  return {
    compute: () => compute(connection, input),
    documents: () => documents(connection),
    leaveCarry: async ({ entriesFile, balancesFile }) => {
      await copyTo(connection, sql('open-entries'), entriesFile);
      await copyTo(connection, sql('open-balances'), balancesFile);
    },
  };
}

async function compute(connection: DuckDBConnection, input: SqlInput): Promise<void> {
  await setVariables(connection, {
    event_files: input.eventFiles,
    entry_files: input.entryFiles,
    after: BigInt(input.carry?.cutoffLogIndex ?? -1),
    cutoff: BigInt(input.cutoffLogIndex),
    has_carry: input.carry !== undefined,
    ...(input.only && { payee: input.only.payeeId, currency: input.only.currency }),
  });
  await connection.run(sql('entries'));
  if (input.carry) {
    const { entriesFile, balancesFile } = input.carry;
    await setVariables(connection, {
      carried_entries: entriesFile,
      carried_balances: balancesFile,
    });
    await connection.run(sql('carried'));
  }
  await assertPeriodIsThere(connection, input.period);
  await assertNoFault(connection, sql('unsound'));
  await connection.run(sql('computed'));
  await assertNoFault(connection, sql('unequal'));
  await connection.run(sql('postings'));
  const [guard] = await rowsOf(connection, sql('too-large'));
  if (guard?.['is_too_large'] !== false) throw new AmountDiffers('the sums would be too large');
  await connection.run(sql('statements'));
  await connection.run(sql('json'));
}

async function assertPeriodIsThere(connection: DuckDBConnection, period: string): Promise<void> {
  const rows = await rowsOf(connection, 'SELECT period FROM closing ORDER BY ordinal DESC LIMIT 1');
  if (rows[0]?.['period'] !== period)
    throw new RunRefused(`the lake does not hold the PeriodClosed of ${period}`);
}

async function assertNoFault(connection: DuckDBConnection, guard: string): Promise<void> {
  const [first] = await rowsOf(connection, guard);
  if (first) throw new AmountDiffers(`${String(first['event'])} ${String(first['fault'])} (SQL)`);
}

async function copyTo(connection: DuckDBConnection, select: string, file: string) {
  await connection.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
}

interface Heading extends Omit<SqlDocument, 'text' | 'input'> {
  readonly head: string;
  readonly tail: string;
}

async function* documents(connection: DuckDBConnection): AsyncGenerator<SqlDocument> {
  const headings = (await rowsOf(connection, sql('headings'))).map(headingOf);
  let at = 0;
  let lines: string[] = [];
  let sum = 0n;
  for await (const { number, amountMinor, line } of linesOf(connection)) {
    // Headings are numbered from 1: lines of a later one mean that those before are complete.
    while (at < number - 1) {
      yield documentOf(headings[at]!, lines, sum);
      at += 1;
      lines = [];
      sum = 0n;
    }
    lines.push(line);
    sum += BigInt(amountMinor);
  }
  for (; at < headings.length; at += 1) {
    yield documentOf(headings[at]!, lines, sum);
    lines = [];
    sum = 0n;
  }
}

function headingOf(row: Readonly<Record<string, unknown>>): Heading {
  const text = (column: string) => String(row[column]);
  return {
    payeeId: text('payee_id'),
    currency: text('currency'),
    openingMinor: text('opening_minor'),
    linesMinor: text('lines_minor'),
    closingMinor: text('closing_minor'),
    lineCount: Number(row['line_count']),
    head: text('head'),
    tail: text('tail'),
  };
}

/** The engine's totals once more, in bigint. */
function documentOf(heading: Heading, lines: readonly string[], sum: bigint): SqlDocument {
  const { head, tail, ...totals } = heading;
  const closing = BigInt(totals.openingMinor) + sum;
  if (
    lines.length !== totals.lineCount ||
    sum.toString() !== totals.linesMinor ||
    closing.toString() !== totals.closingMinor
  )
    throw new AmountDiffers(
      `${totals.payeeId} ${totals.currency}: ${lines.length} lines add up to ${sum}, ` +
        `SQL says ${totals.lineCount} and ${totals.linesMinor}, closing ${totals.closingMinor}`,
    );
  const input = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  return { ...totals, text: `${head}${lines.join(',')}${tail}`, input };
}

interface NumberedLine {
  readonly number: number;
  readonly amountMinor: string;
  readonly line: string;
}

async function* linesOf(connection: DuckDBConnection): AsyncGenerator<NumberedLine> {
  const result = await connection.stream(sql('lines'));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    const numbers = chunk.getColumnValues(0);
    const amounts = chunk.getColumnValues(1);
    const lines = chunk.getColumnValues(2);
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const number = Number(numbers[row]);
      yield { number, amountMinor: amounts[row] as string, line: lines[row] as string };
    }
  }
}
