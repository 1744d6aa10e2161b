import { existsSync, readFileSync } from 'node:fs';
import { REFUSALS } from '#api/http/refusals.ts';
import { OrderRejectionReason } from './order.events.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

function section(title: string): string {
  const [, after] = readme.split(`\n## ${title}\n`);
  if (after === undefined) throw new Error(`the README has no section ${title}`);
  return after.split('\n## ')[0]!;
}

const cellsOf = (row: string) =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
const rowsOf = (title: string) =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(cellsOf);

describe("the ledger's README", () => {
  it('lists every refusal with the status and the words that the API gives it', () => {
    const table = Object.entries(REFUSALS).map(([code, [status, words]]) => [
      `\`${code}\``,
      String(status),
      words,
    ]);
    expect(rowsOf('Refusals')).toEqual(table);
  });

  it('lists every reason for a rejection, in order of precedence', () => {
    expect(rowsOf('Why an order is rejected').map(([reason]) => reason)).toEqual(
      OrderRejectionReason.options.map((reason) => `\`${reason}\``),
    );
  });

  it('numbers its decisions without a gap', () => {
    const numbers = [...section('Decisions').matchAll(/^(\d+)\. \*\*/gm)].map(([, n]) => Number(n));
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('has one entry per word of the glossary', () => {
    const words = section('Glossary')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (Word|---)/.test(line))
      .flatMap((line) => cellsOf(line)[0]!.split(', '));
    expect(words.length).toBeGreaterThan(30);
    expect(new Set(words).size).toBe(words.length);
  });

  it('names only files that exist', () => {
    const files = [...readme.matchAll(/`([a-z-]+(?:\.events)?\.ts)`/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(20);
    for (const file of files)
      expect([file, existsSync(new URL(file, import.meta.url))]).toEqual([file, true]);
  });
});
