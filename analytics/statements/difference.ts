// Where two texts of one statement part: the first line that differs, in words for people.
import { canonicalJson } from '#ledger/canonical-json.ts';

export interface NamedText {
  /** Who says so: `SQL`, `the fold`, `the issued document`. */
  readonly name: string;
  readonly text: string;
}

/** Undefined when they are the same to the byte. */
export function firstDifference(left: NamedText, right: NamedText): string | undefined {
  if (left.text === right.text) return undefined;
  const [one, other] = [left, right].map(({ text }) => parsed(text));
  if (!one || !other) return byPlace(left, right);
  const said = (a: unknown, b: unknown) =>
    `${left.name} says ${shown(a)}, ${right.name} says ${shown(b)}`;
  const lines = linesOf(one);
  const otherLines = linesOf(other);
  for (let i = 0; i < Math.max(lines.length, otherLines.length); i += 1) {
    if (canonicalJson(lines[i] ?? null) === canonicalJson(otherLines[i] ?? null)) continue;
    return `line ${i + 1}${named(lines[i] ?? otherLines[i])}: ${said(lines[i], otherLines[i])}`;
  }
  for (const member of Object.keys({ ...one, ...other })) {
    if (canonicalJson(one[member] ?? null) === canonicalJson(other[member] ?? null)) continue;
    return `${member}: ${said(one[member], other[member])}`;
  }
  return byPlace(left, right);
}

type Parsed = Readonly<Record<string, unknown>>;

function parsed(text: string): Parsed | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Parsed) : undefined;
  } catch {
    return undefined;
  }
}

const linesOf = ({ lines }: Parsed): readonly unknown[] => (Array.isArray(lines) ? lines : []);

const shown = (value: unknown) => (value === undefined ? 'nothing' : canonicalJson(value));

function named(line: unknown): string {
  const event = (line as { event?: unknown } | null)?.event;
  return typeof event === 'string' ? ` (${event})` : '';
}

function byPlace(left: NamedText, right: NamedText): string {
  let at = 0;
  while (left.text[at] === right.text[at]) at += 1;
  const near = ({ name, text }: NamedText) =>
    `${name} has ${JSON.stringify(text.slice(Math.max(0, at - 20), at + 40))}`;
  return `character ${at + 1}: ${near(left)}, ${near(right)}`;
}
