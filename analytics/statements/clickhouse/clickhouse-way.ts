// Statements by ClickHouse over its copy of the log. All arithmetic is in the `.sql` files beside
// this one; here they run in order, and the lines they give are put into their documents. A run
// writes tables of its own; what it found takes the place of a period's partitions only when both
// ways agreed, and its own tables are dropped.
import { randomUUID } from 'node:crypto';
import { ClickHouseRefused, type ClickHouse, type QueryParams } from '../../clickhouse/client.ts';
import { assertWhole } from '../../clickhouse/copied.ts';
import { runTableOf, type TableName } from '../../clickhouse/tables.ts';
import { sqlFile } from '../../sql-file.ts';
import { DocumentLines, documentOf, headingOf, type Heading } from '../heading.ts';
import { pagesOf } from '../pages.ts';
import { AmountDiffers, RunRefused } from '../run.ts';
import type { SqlDocument, SqlWay } from '../sql-way.ts';
import { describeCarried } from './carried-partition.ts';

const sql = (name: string) => sqlFile(new URL(`${name}.sql`, import.meta.url));

export interface ClickHouseRun {
  readonly logId: string;
  readonly period: string;
  readonly cutoffLogIndex: number;
  /** The close of the period before, whose partitions were found to be as it left them. */
  readonly carry?: { readonly period: string; readonly cutoffLogIndex: number };
  /** Only this payee's statement in this currency. */
  readonly only?: { readonly payeeId: string; readonly currency: string };
}

export interface ClickHouseWay extends SqlWay {
  /** Drops what the run wrote and nobody took over. */
  close(): Promise<void>;
}

export function clickhouseWay(clickhouse: ClickHouse, run: ClickHouseRun): ClickHouseWay {
  return new Way(clickhouse, run);
}

/** The tables that a run fills for itself, and what it then takes the place of. */
const RUN_TABLES: Readonly<Record<'totals' | 'lines' | 'open', TableName>> = {
  totals: 'statement_totals',
  lines: 'statement_lines',
  open: 'open_entries',
};

class Way implements ClickHouseWay {
  readonly #clickhouse: ClickHouse;
  readonly #run: ClickHouseRun;
  readonly #name = `run_${randomUUID().replaceAll('-', '')}`;
  #params: QueryParams = {};

  constructor(clickhouse: ClickHouse, run: ClickHouseRun) {
    this.#clickhouse = clickhouse;
    this.#run = run;
  }

  async compute(): Promise<void> {
    await dropLeftOver(this.#clickhouse);
    const { carry, cutoffLogIndex, logId } = this.#run;
    const first = (carry?.cutoffLogIndex ?? -1) + 1;
    await assertWhole(this.#clickhouse, { first, last: cutoffLogIndex }, logId);
    this.#params = await this.#closings(first);
    await this.#fill('totals', 'totals').catch((error: Error) => this.#named(error));
    await this.#fill('lines', 'period-lines');
  }

  async *documents(): AsyncGenerator<SqlDocument> {
    const { period, cutoffLogIndex } = this.#run;
    const params = { ...this.#params, totals: this.#table('totals') };
    const rows = await this.#clickhouse.rows(sql('headings'), params);
    const rulesVersion = Number(this.#params['rules_version']);
    const of = { period, cutoffLogIndex, rulesVersion };
    const headings = rows.map((row) => headingOf(row, of));
    for (const page of pagesOf(headings, PAGE_LINES)) yield* this.#page(page);
  }

  async leaveCarry(files: { readonly entriesFile: string; readonly balancesFile: string }) {
    const { period } = this.#run;
    await this.#fill('open', 'period-open');
    for (const [part, name] of Object.entries(RUN_TABLES)) {
      const table = this.#table(part);
      const [found] = await this.#clickhouse.rows(`SELECT count() AS rows FROM ${table}`);
      // The engine refuses to replace a partition by an empty one.
      const change =
        found?.['rows'] === '0'
          ? 'DROP PARTITION {period:String}'
          : `REPLACE PARTITION {period:String} FROM ${table}`;
      await this.#clickhouse.run(`ALTER TABLE ${name} ${change}`, { period });
    }
    await describeCarried(this.#clickhouse, period, files);
  }

  async close(): Promise<void> {
    for (const part of Object.keys(RUN_TABLES))
      await this.#clickhouse.run(`DROP TABLE IF EXISTS ${this.#table(part)} SYNC`);
  }

  #table(part: string): string {
    return `${this.#name}_${part}`;
  }

  async #fill(part: keyof typeof RUN_TABLES, script: string): Promise<void> {
    const table = this.#table(part);
    await this.#clickhouse.run(runTableOf(RUN_TABLES[part], table));
    const select = `${sql('moved')}\n${sql(script)}`;
    await this.#clickhouse.run(`INSERT INTO ${table}\n${select}`, this.#params);
  }

  async #closings(first: number): Promise<QueryParams> {
    const { period, cutoffLogIndex: cutoff, carry, only } = this.#run;
    const closings = await this.#clickhouse.rows(sql('closings'), { first, cutoff });
    const target = closings.at(-1);
    if (target?.['period'] !== period)
      throw new RunRefused(`the tables do not hold the PeriodClosed of ${period}`);
    return {
      first,
      cutoff,
      period,
      payee: only?.payeeId ?? '',
      currency: only?.currency ?? '',
      carried_period: carry?.period ?? '',
      cutoffs: closings.map((closing) => Number(closing['cutoff'])),
      ends: closings.map((closing) => closing['ends_at']),
      target: closings.length,
      // Never late in the first period of the ledger: everything before it belongs there.
      may_be_late: carry !== undefined || closings.length > 1,
      starts_at: target['starts_at'],
      rules_version: target['rules_version'],
    };
  }

  /** The sums are guarded in SQL, which says that there is a fault: this says which. */
  async #named(error: Error): Promise<never> {
    if (!(error instanceof ClickHouseRefused)) throw error;
    if (error.message.includes('the sums would be too large'))
      throw new AmountDiffers('the sums would be too large');
    if (!error.message.includes('an amount differs')) throw error;
    const faults = `${sql('moved')}\n${sql('faults')}`;
    const [fault] = await this.#clickhouse.rows(faults, this.#params);
    throw new AmountDiffers(`${String(fault?.['event'])} ${String(fault?.['reason'])} (SQL)`);
  }

  async *#page(headings: readonly Heading[]): AsyncGenerator<SqlDocument> {
    const text = await this.#clickhouse.lines(sql('lines'), {
      lines: this.#table('lines'),
      first_payee: headings[0]!.of.payeeId,
      last_payee: headings.at(-1)!.of.payeeId,
    });
    let at = 0;
    for (const heading of headings) {
      const lines: string[] = [];
      const amounts: bigint[] = [];
      for (let i = 0; i < heading.of.lineCount; i += 1) {
        const tab = text.indexOf('\t', at);
        const end = text.indexOf('\n', tab);
        if (tab < 0 || end < 0) break;
        amounts.push(BigInt(text.slice(at, tab)));
        lines.push(`${text.slice(tab + 1, end)},`);
        at = end + 1;
      }
      const given = new DocumentLines();
      given.add([Buffer.from(lines.join(''))], amounts);
      yield documentOf(heading, given);
    }
    if (at !== text.length) throw new AmountDiffers('there are lines that no statement counts');
  }
}

const PAGE_LINES = 20_000;

/** A run that was killed leaves its tables; no run takes a day. */
async function dropLeftOver(clickhouse: ClickHouse): Promise<void> {
  const left = await clickhouse.rows(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'run\\\\_%'
       AND metadata_modification_time < now() - INTERVAL 1 DAY`,
  );
  for (const { name } of left) await clickhouse.run(`DROP TABLE IF EXISTS ${String(name)} SYNC`);
}
