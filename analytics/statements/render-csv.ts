// A statement as CSV (RFC 4180): a row for the opening balance, one for each line, one for the
// closing balance. A rendering of the canonical JSON: nothing in it that is not there.
import { parseDocument, type StatementDocument, type StatementLine } from './document.ts';
import { baseInWords, decimalAmount, planInWords } from './in-words.ts';

const COLUMNS = [
  'period',
  'payee',
  'currency',
  'kind',
  'late',
  'occurred_at',
  'clears_at',
  'order',
  'seller',
  'code',
  'text',
  'plan',
  'base',
  'amount',
  'amount_minor',
  'event',
  'log_index',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

/** Takes the canonical JSON. */
export function renderCsv(document: string): string {
  const statement = parseDocument(document);
  const { openingMinor, closingMinor } = statement.totals;
  const rows: readonly Row[] = [
    { kind: 'opening', ...amount(openingMinor, statement) },
    ...statement.lines.map((line) => rowOf(line, statement)),
    ...statement.other.map(({ amountMinor, event, occurredAt, logIndex }) => ({
      kind: 'other',
      occurred_at: occurredAt,
      event,
      log_index: String(logIndex),
      ...amount(amountMinor, statement),
    })),
    { kind: 'closing', ...amount(closingMinor, statement) },
  ];
  const { period, payeeId: payee, currency } = statement;
  const lines = rows.map((row) => csvLine({ period, payee, currency, ...row }));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function rowOf(line: StatementLine, statement: StatementDocument): Row {
  return {
    kind: line.kind,
    late: String(line.late),
    occurred_at: line.occurredAt,
    clears_at: line.clearsAt,
    order: line.orderId,
    seller: line.sellerId,
    code: line.codeId,
    text: line.text,
    plan: planInWords(line, statement.currency),
    base: baseInWords(line, statement.currency),
    event: line.event,
    log_index: String(line.logIndex),
    ...amount(line.amountMinor, statement),
  };
}

const amount = (minor: string, { currency }: StatementDocument) => ({
  amount: decimalAmount(minor, currency),
  amount_minor: minor,
});

const csvLine = (row: Row) => COLUMNS.map((column) => quoted(row[column] ?? '')).join(',');

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
