// Gathers the lines of an invoice, wherever in the file they stand, and gives it on as soon as its
// last line was read; the survey says how many there are.
import type { SourceLine } from './preset.ts';
import type { Survey } from './survey.ts';

export async function* invoices(
  lines: AsyncIterable<SourceLine>,
  { linesOfInvoice }: Survey,
): AsyncGenerator<readonly SourceLine[]> {
  const open = new Map<string, SourceLine[]>();
  for await (const line of lines) {
    const gathered = open.get(line.invoice) ?? [];
    gathered.push(line);
    if (gathered.length === linesOfInvoice.get(line.invoice)) {
      open.delete(line.invoice);
      yield gathered;
    } else if (gathered.length === 1) {
      open.set(line.invoice, gathered);
    }
  }
}
