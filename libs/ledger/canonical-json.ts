// RFC 8785 canonical JSON: one text for one value, so that hashes of it mean something. Members
// that are undefined are left out, as JSON does. Refuses what has no canonical form: numbers that
// are not finite, lone surrogates, bigints, dates, and whatever else is no JSON value.

/** A quote, a backslash, a control character or a surrogate. */
const UNUSUAL = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * What `JSON.stringify` writes is canonical once members stand in order: it is asked for a value in
 * which they do. Only names that an object puts in an order of its own are written by hand.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string' && !UNUSUAL.test(value)) return `"${value}"`;
  const inOrder = ordered(value);
  return inOrder === UNORDERABLE ? written(value) : JSON.stringify(inOrder);
}

/** No JSON value is undefined. */
const UNORDERABLE = undefined;

/** The value itself when its members stand in order, otherwise a copy in which they do. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    assertPrimitive(value);
    return value;
  }
  return Array.isArray(value) ? orderedArray(value) : orderedObject(value);
}

function orderedArray(items: readonly unknown[]): readonly unknown[] | undefined {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i += 1) {
    const item = ordered(items[i]);
    if (item === UNORDERABLE) return UNORDERABLE;
    if (item !== items[i]) (copy ??= items.slice())[i] = item;
  }
  return copy ?? items;
}

function orderedObject(value: object): object | undefined {
  const members = membersOf(value);
  const keys = Object.keys(members);
  let copy: Record<string, unknown> | undefined = sort(keys) ? {} : undefined;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i]!;
    assertWellFormed(key);
    if (isOrderedByItself(key)) return UNORDERABLE;
    const member = members[key];
    if (member === undefined) continue;
    const inOrder = ordered(member);
    if (inOrder === UNORDERABLE) return UNORDERABLE;
    if (inOrder !== member) copy ??= copyOf(members, keys, i);
    if (copy !== undefined) copy[key] = inOrder;
  }
  return copy ?? members;
}

function copyOf(members: Readonly<Record<string, unknown>>, keys: string[], count: number) {
  const copy: Record<string, unknown> = {};
  for (let i = 0; i < count; i += 1) copy[keys[i]!] = members[keys[i]!];
  return copy;
}

/** An object puts whole numbers before all else; `__proto__` cannot be assigned. */
function isOrderedByItself(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || key === '__proto__';
}

const FEW = 64;

/**
 * By UTF-16 code units, as RFC 8785 asks and as `<` compares. False when a few keys were in order.
 * Few, and nearly in order: inserting each in its place needs no memory, which sorting does.
 */
function sort(keys: string[]): boolean {
  if (keys.length > FEW) return keys.sort().length > 0;
  let isChanged = false;
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i]!;
    let at = i;
    for (; at > 0 && key < keys[at - 1]!; at -= 1) keys[at] = keys[at - 1]!;
    if (at === i) continue;
    keys[at] = key;
    isChanged = true;
  }
  return isChanged;
}

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    assertPrimitive(value);
    return JSON.stringify(value);
  }
  // Not by `map`, which leaves out what a sparse array lacks.
  if (Array.isArray(value)) return `[${Array.from(value, written).join(',')}]`;
  const members = membersOf(value);
  const texts = Object.keys(members)
    .filter((key) => members[key] !== undefined)
    .sort()
    .map((key) => `${written(key)}:${written(members[key])}`);
  return `{${texts.join(',')}}`;
}

function assertPrimitive(value: unknown): void {
  switch (typeof value) {
    case 'string':
      return assertWellFormed(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
      return;
    case 'boolean':
      return;
    default:
      if (value !== null) throw new TypeError(`a ${typeof value} has no canonical JSON`);
  }
}

function assertWellFormed(text: string): void {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical JSON');
}

/** An object of another realm (a test's sandbox) is plain too; a Date or a Map is not. */
function membersOf(value: object): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain =
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && 'hasOwnProperty' in value);
  if (!isPlain) throw new TypeError(`a ${value.constructor.name} has no canonical JSON`);
  return value as Readonly<Record<string, unknown>>;
}
