// Statements in pages of about as many lines, so that an engine writes and orders the lines of one
// page at a time, however many there are.
import type { Heading } from './heading.ts';

/** A payee's statements stay together, however many lines they have. */
export function* pagesOf(
  headings: readonly Heading[],
  pageLines: number,
): Generator<readonly Heading[]> {
  let page: Heading[] = [];
  let lines = 0;
  for (const heading of headings) {
    const isOfOther = page.at(-1)?.of.payeeId !== heading.of.payeeId;
    if (lines >= pageLines && isOfOther) {
      yield page;
      page = [];
      lines = 0;
    }
    page.push(heading);
    lines += heading.of.lineCount;
  }
  if (page.length > 0) yield page;
}
