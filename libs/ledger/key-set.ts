// A set of short ASCII keys, for millions of them: every key's bytes once, and one hash table of
// numbers. Exact: a hash only says where to look, the bytes decide. Keys are numbered from 0 in
// order of arrival and never removed. The table grows a little with each key, never all at once.
import { emptyColumn, pushValue, sizeOfColumn, valueAt, type Column } from './column.ts';

export interface KeySet {
  /** Where each key stands in the arena: a length byte, then its bytes. */
  readonly starts: Column;
  readonly arena: Uint8Array[];
  /** The next free place in the arena. */
  end: number;
  /** Open addressing: a key's number + 1, or 0 where it is free. */
  slots: Uint32Array;
  /** While the table grows: the smaller one, which still finds the keys that have not moved. */
  old: Uint32Array | null;
  moved: number;
}

const BLOCK_BITS = 20;
const BLOCK = 1 << BLOCK_BITS;
const FIRST_BLOCK = 256;
const FIRST_SLOTS = 8;
const MOVES_PER_KEY = 16;
export const MAX_KEY_BYTES = 255;

/** With room for `expected` keys before the table grows. */
export function emptyKeySet(expected = 0): KeySet {
  const slots = new Uint32Array(slotsFor(expected));
  return { starts: emptyColumn(), arena: [], end: 0, slots, old: null, moved: 0 };
}

function slotsFor(keys: number): number {
  let slots = FIRST_SLOTS;
  while (4 * keys > 3 * slots) slots *= 2;
  return slots;
}

export const keyCount = (set: KeySet): number => set.starts.length;

/** The number of the key, or -1. */
export function numberOf(set: KeySet, key: string): number {
  const length = encode(key);
  return lookUp(set, length, hashOf(scratch, 0, length));
}

/** The number of the key, which is added if it is new: `keyCount` says whether it was. */
export function addKey(set: KeySet, key: string): number {
  const length = encode(key);
  const found = lookUp(set, length, hashOf(scratch, 0, length));
  return found >= 0 ? found : addNewKey(set, scratch, 0, length);
}

/** Adds a key that is known not to be in the set, from bytes that another set wrote. */
export function addNewKey(set: KeySet, bytes: Uint8Array, from: number, length: number): number {
  const number = set.starts.length;
  if (4 * (number + 1) > 3 * set.slots.length) grow(set);
  pushValue(set.starts, store(set, bytes, from, length));
  place(set.slots, number, hashOf(bytes, from, length));
  if (set.old) moveSome(set);
  return number;
}

/** Copies a length byte and the key's bytes to `target` at `at`; returns the place behind them. */
export function copyKey(set: KeySet, number: number, target: Uint8Array, at: number): number {
  const start = valueAt(set.starts, number);
  const block = set.arena[start >>> BLOCK_BITS]!;
  const from = start & (BLOCK - 1);
  const length = block[from]!;
  for (let i = 0; i <= length; i++) target[at + i] = block[from + i]!;
  return at + 1 + length;
}

export function sizeOfKeySet({ starts, arena, slots, old }: KeySet): number {
  const blocks = arena.length === 0 ? 0 : (arena.length - 1) * BLOCK + arena.at(-1)!.length;
  return sizeOfColumn(starts) + blocks + 4 * (slots.length + (old?.length ?? 0));
}

/** The bytes of the key that is being looked for. */
const scratch = new Uint8Array(MAX_KEY_BYTES);

function encode(key: string): number {
  const { length } = key;
  if (length > MAX_KEY_BYTES) throw new Error(`a key of ${length} bytes`);
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i);
    if (code > 127) throw new Error('a key must be ASCII');
    scratch[i] = code;
  }
  return length;
}

/** FNV-1a, then the finalizer of MurmurHash3, so that the low bits depend on every byte. */
function hashOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function lookUp(set: KeySet, length: number, hash: number): number {
  const found = probe(set, set.slots, length, hash);
  return found < 0 && set.old ? probe(set, set.old, length, hash) : found;
}

function probe(set: KeySet, slots: Uint32Array, length: number, hash: number): number {
  const mask = slots.length - 1;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const slot = slots[at]!;
    if (slot === 0) return -1;
    if (isScratch(set, slot - 1, length)) return slot - 1;
  }
}

function isScratch(set: KeySet, number: number, length: number): boolean {
  const start = valueAt(set.starts, number);
  const block = set.arena[start >>> BLOCK_BITS]!;
  const from = start & (BLOCK - 1);
  if (block[from] !== length) return false;
  for (let i = 0; i < length; i++) if (block[from + 1 + i] !== scratch[i]) return false;
  return true;
}

/** A key never spans two blocks; only the first block starts small. */
function store(set: KeySet, bytes: Uint8Array, from: number, length: number): number {
  const needed = 1 + length;
  if ((set.end & (BLOCK - 1)) + needed > BLOCK || set.end >>> BLOCK_BITS >= set.arena.length)
    set.end = addBlock(set);
  const within = set.end & (BLOCK - 1);
  const block = roomyBlock(set, set.end >>> BLOCK_BITS, within + needed);
  block[within] = length;
  for (let i = 0; i < length; i++) block[within + 1 + i] = bytes[from + i]!;
  const start = set.end;
  set.end += needed;
  return start;
}

function addBlock({ arena }: KeySet): number {
  arena.push(new Uint8Array(arena.length === 0 ? FIRST_BLOCK : BLOCK));
  return (arena.length - 1) * BLOCK;
}

function roomyBlock({ arena }: KeySet, index: number, needed: number): Uint8Array {
  const block = arena[index]!;
  if (needed <= block.length) return block;
  let length = block.length;
  while (length < needed) length *= 2;
  const larger = new Uint8Array(length);
  larger.set(block);
  arena[index] = larger;
  return larger;
}

function place(slots: Uint32Array, number: number, hash: number): void {
  const mask = slots.length - 1;
  let at = hash & mask;
  while (slots[at] !== 0) at = (at + 1) & mask;
  slots[at] = number + 1;
}

function grow(set: KeySet): void {
  if (set.old) throw new Error('the table grew twice at once');
  set.old = set.slots;
  set.slots = new Uint32Array(2 * set.slots.length);
  set.moved = 0;
}

/** Keys added since it began to grow stand in the new table already. */
function moveSome(set: KeySet): void {
  const before = (3 * set.old!.length) >>> 2;
  const until = Math.min(before, set.moved + MOVES_PER_KEY);
  for (; set.moved < until; set.moved++) {
    const start = valueAt(set.starts, set.moved);
    const block = set.arena[start >>> BLOCK_BITS]!;
    const from = start & (BLOCK - 1);
    place(set.slots, set.moved, hashOf(block, from + 1, block[from]!));
  }
  if (set.moved === before) set.old = null;
}
