// Statements by DuckDB over the lake. All arithmetic is in the `.sql` files beside this one; here
// they run in order, and the lines they give are put into their documents.
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { literal, rowsOf, setVariables, type Engine } from '../../duckdb/engine.ts';
import { TextColumn } from '../../duckdb/text-bytes.ts';
import { sqlFile } from '../../sql-file.ts';
import { DocumentLines, documentOf, headingOf, type Heading } from '../heading.ts';
import { pagesOf } from '../pages.ts';
import { AmountDiffers, RunRefused } from '../run.ts';
import type { SqlDocument, SqlInput, SqlWay } from '../sql-way.ts';

const sql = (name: string) => sqlFile(new URL(`${name}.sql`, import.meta.url));

/**
 * Lines that are written and ordered at once, those of two pages side by side; their texts take
 * about 500 bytes each. With fewer, most row groups are read for several pages.
 */
const PAGE_LINES = 400_000;

/** Expects an engine of its own. */
export function duckdbWay(engine: Engine, input: SqlInput, pageLines = PAGE_LINES): SqlWay {
  const { connection } = engine;
  return {
    compute: () => compute(connection, input),
    async *documents() {
      const beside = await engine.connect();
      await setInput(beside, input);
      await beside.run(sql('period'));
      yield* documents([connection, beside], pageLines);
    },
    leaveCarry: async ({ entriesFile, balancesFile }) => {
      await copyTo(connection, sql('open-entries'), entriesFile);
      await copyTo(connection, sql('open-balances'), balancesFile);
    },
  };
}

async function compute(connection: DuckDBConnection, input: SqlInput): Promise<void> {
  // Whatever has an order says so; to keep the segments' own costs a tenth of the time.
  await connection.run('SET GLOBAL preserve_insertion_order = false');
  await setInput(connection, input);
  await connection.run(sql('entries'));
  if (input.carry) await connection.run(sql('carried'));
  await assertPeriodIsThere(connection, input.period);
  await connection.run(sql('period'));
  await connection.run(sql('computed'));
  await connection.run(sql('postings'));
  await connection.run(sql('totals'));
  await assertNoFault(connection);
  const [guard] = await rowsOf(connection, sql('too-large'));
  if (guard?.['is_too_large'] !== false) throw new AmountDiffers('the sums would be too large');
  await connection.run(sql('statements'));
  await connection.run(sql('json'));
}

const setInput = (connection: DuckDBConnection, { carry, only, ...input }: SqlInput) =>
  setVariables(connection, {
    event_files: input.eventFiles,
    entry_files: input.entryFiles,
    after: BigInt(carry?.cutoffLogIndex ?? -1),
    cutoff: BigInt(input.cutoffLogIndex),
    has_carry: carry !== undefined,
    ...(carry && { carried_entries: carry.entriesFile, carried_balances: carry.balancesFile }),
    ...(only && { payee: only.payeeId, currency: only.currency }),
  });

async function assertPeriodIsThere(connection: DuckDBConnection, period: string): Promise<void> {
  const rows = await rowsOf(connection, 'SELECT period FROM closing ORDER BY ordinal DESC LIMIT 1');
  if (rows[0]?.['period'] !== period)
    throw new RunRefused(`the lake does not hold the PeriodClosed of ${period}`);
}

async function assertNoFault(connection: DuckDBConnection): Promise<void> {
  const [found] = await rowsOf(connection, 'SELECT coalesce(sum(faults), 0) AS faults FROM total');
  if (String(found?.['faults']) === '0') return;
  const [first] = await rowsOf(connection, sql('faults'));
  throw new AmountDiffers(`${String(first?.['event'])} ${String(first?.['reason'])} (SQL)`);
}

async function copyTo(connection: DuckDBConnection, select: string, file: string) {
  await connection.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
}

/** While the lines of a page are read, those of the next are written and ordered. */
async function* documents(
  connections: readonly [DuckDBConnection, DuckDBConnection],
  pageLines: number,
): AsyncGenerator<SqlDocument> {
  const headings = (await rowsOf(connections[0], sql('headings'))).map((row) =>
    headingOf(row, {
      period: String(row['period']),
      cutoffLogIndex: Number(row['cutoff']),
      rulesVersion: Number(row['rules_version']),
    }),
  );
  const pages = [...pagesOf(headings, pageLines)];
  const begun = (index: number) => {
    const page = pages[index];
    const lines = page && beginLines(connections[index % 2]!, page);
    lines?.catch(() => undefined);
    return lines;
  };
  let before = 0;
  let next = begun(0);
  for (const [index, page] of pages.entries()) {
    const lines = await next!;
    next = begun(index + 1);
    yield* documentsOf(page, before, linesOf(lines));
    before += page.length;
  }
}

async function beginLines(connection: DuckDBConnection, page: readonly Heading[]) {
  await setVariables(connection, {
    first_payee: page[0]!.of.payeeId,
    last_payee: page.at(-1)!.of.payeeId,
  });
  return connection.stream(sql('lines'));
}

/** Headings are numbered from 1: a line of a later one means that those before are complete. */
async function* documentsOf(
  page: readonly Heading[],
  before: number,
  chunks: AsyncGenerator<LinesChunk>,
): AsyncGenerator<SqlDocument> {
  let at = 0;
  let lines = new DocumentLines();
  for await (const { numbers, amounts, texts } of chunks) {
    for (let from = 0, to = 0; from < numbers.length; from = to) {
      const number = numbers[from]!;
      while (numbers[to] === number) to += 1;
      for (; at < number - before - 1; at += 1) {
        yield documentOf(page[at]!, lines);
        lines = new DocumentLines();
      }
      lines.add(texts.pieces(from, to), amounts.slice(from, to));
    }
  }
  for (; at < page.length; at += 1) {
    yield documentOf(page[at]!, lines);
    lines = new DocumentLines();
  }
}

interface LinesChunk {
  /** Of the heading that each belongs to. */
  readonly numbers: readonly number[];
  readonly amounts: readonly bigint[];
  readonly texts: TextColumn;
}

async function* linesOf(result: DuckDBResult): AsyncGenerator<LinesChunk> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield {
      numbers: chunk.getColumnValues(0) as number[],
      amounts: chunk.getColumnValues(1) as bigint[],
      texts: new TextColumn(chunk, 2),
    };
  }
}
