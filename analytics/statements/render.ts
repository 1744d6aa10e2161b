// A statement for people, as plain text and as one page that needs nothing else: no scripts, no
// fonts, nothing fetched. Renderings of the canonical JSON: nothing in them that is not there.
import { parseDocument, type StatementDocument, type StatementLine } from './document.ts';
import { baseInWords, decimalAmount, planInWords } from './in-words.ts';

export { renderCsv } from './render-csv.ts';

const HEADINGS = ['Kind', 'Occurred', 'Cleared', 'Order', 'Code', 'Plan', 'Net', 'Amount'] as const;
const CELLS_TO_THE_RIGHT = 2;

/** Takes the canonical JSON. */
export function renderText(document: string): string {
  const statement = parseDocument(document);
  const rows = statement.lines.map((line) => cellsOf(line, statement));
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => row[i]!.length)),
  );
  const aligned = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        i < HEADINGS.length - CELLS_TO_THE_RIGHT
          ? cell.padEnd(widths[i]!)
          : cell.padStart(widths[i]!),
      )
      .join('  ')
      .trimEnd();
  const table = rows.length > 0 ? [aligned(HEADINGS), ...rows.map(aligned), ''] : [];
  const summary = summaryOf(statement);
  const longest = Math.max(...summary.map(([name]) => name.length));
  return [
    titleOf(statement),
    subtitleOf(statement),
    '',
    ...table,
    ...summary.map(([name, value]) => `${name.padEnd(longest)}  ${value}`),
    '',
  ].join('\n');
}

/** Takes the canonical JSON. */
export function renderHtml(document: string): string {
  const statement = parseDocument(document);
  const rows = statement.lines.map((line) => rowOf('td', cellsOf(line, statement)));
  const summary = summaryOf(statement).map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(titleOf(statement))}</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: 1.5rem 0 }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #ddd }
td:last-child, th:last-child { text-align: right; font-variant-numeric: tabular-nums }
</style>
<h1>${escaped(titleOf(statement))}</h1>
<p>${escaped(subtitleOf(statement))}</p>
<table>
<thead>${rowOf('th', HEADINGS)}</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<table>
${summary.join('\n')}
</table>
</html>
`;
}

const titleOf = ({ payeeId, period, currency }: StatementDocument) =>
  `Statement of ${payeeId} for ${period} in ${currency}`;

const subtitleOf = ({ cutoffLogIndex, rulesVersion, lines }: StatementDocument) =>
  `${lines.length} lines; events before ${cutoffLogIndex} of the log; ` +
  `programme rules version ${rulesVersion}`;

function cellsOf(line: StatementLine, { currency }: StatementDocument): readonly string[] {
  return [
    line.late ? `${line.kind} (late)` : line.kind,
    line.occurredAt.slice(0, 10),
    line.clearsAt.slice(0, 10),
    `${line.sellerId}/${line.orderId}`,
    line.text,
    planInWords(line, currency),
    baseInWords(line, currency),
    decimalAmount(line.amountMinor, currency),
  ];
}

function summaryOf({ totals, currency }: StatementDocument): readonly [string, string][] {
  const amount = (minor: string) => `${decimalAmount(minor, currency)} ${currency}`;
  return [
    ['Opening balance', amount(totals.openingMinor)],
    ['Lines', amount(totals.linesMinor)],
    ['  of which late', amount(totals.lateMinor)],
    ['Other postings', amount(totals.otherMinor)],
    ['Closing balance', amount(totals.closingMinor)],
  ];
}

const rowOf = (cell: 'td' | 'th', texts: readonly string[]) =>
  `<tr>${texts.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join('')}</tr>`;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
