// Renderings of a statement's canonical JSON: nothing in them that is not in it.
export function renderCsv(_document: string): string {
  throw new Error('not built yet');
}

export function renderText(_document: string): string {
  throw new Error('not built yet');
}

/** One page that needs nothing else: no scripts, no fonts, nothing fetched. */
export function renderHtml(_document: string): string {
  throw new Error('not built yet');
}
