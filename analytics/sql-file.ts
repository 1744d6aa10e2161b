// SQL is kept in `.sql` files beside the code that runs it, where a reviewer sees it change. Each
// is read once.
import { readFileSync } from 'node:fs';

const scripts = new Map<string, string>();

/** The text of a `.sql` file, by its URL. */
export function sqlFile(url: URL): string {
  const known = scripts.get(url.href);
  if (known !== undefined) return known;
  const text = readFileSync(url, 'utf8');
  scripts.set(url.href, text);
  return text;
}
