// RFC 8785 canonical JSON: one text for one value, so that hashes of it mean something. Members
// that are undefined are left out, as JSON does. Refuses what has no canonical form: numbers that
// are not finite, lone surrogates, bigints, dates, and whatever else is no JSON value.

/** A quote, a backslash, a control character or a surrogate: left to the slow path. */
const UNUSUAL = /["\\\u0000-\u001f\ud800-\udfff]/;

export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical JSON`);
  }
}

function canonicalString(text: string): string {
  if (!UNUSUAL.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical JSON');
  return JSON.stringify(text);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < items.length; i += 1) {
    if (i > 0) text += ',';
    text += canonicalJson(items[i]);
  }
  return `${text}]`;
}

function canonicalObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) assertPlain(value);
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of sortedKeys(members)) {
    const member = members[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${canonicalString(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

/** By UTF-16 code units, as RFC 8785 asks and as `<` compares. */
function sortedKeys(members: object): readonly string[] {
  const keys = Object.keys(members);
  for (let i = 1; i < keys.length; i += 1) {
    if (keys[i]! < keys[i - 1]!) return keys.sort();
  }
  return keys;
}

/** An object of another realm (a test's sandbox) is plain too; a Date or a Map is not. */
function assertPlain(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Object.getPrototypeOf(prototype) === null && 'hasOwnProperty' in value) return;
  throw new TypeError(`a ${value.constructor.name} has no canonical JSON`);
}
