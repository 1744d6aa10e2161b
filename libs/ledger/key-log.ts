// A log of small records found by key, for millions of them: each record's bytes once, and one hash
// table of addresses. Exact: a hash only says where to look, the bytes decide. Records are added
// and never move, so that a snapshot is a copy of what is new. The table grows a little with each
// record.

/** Two kinds of keys that never meet; a record of kind 0 holds two numbers, of kind 1 one. */
export type Kind = 0 | 1;

export interface KeyLog {
  /** Blocks of records: a byte of kind and key length, the key in ASCII, the 32-bit numbers. */
  readonly blocks: Uint8Array[];
  /** The address behind the last record: block number and place in the block, in one number. */
  end: number;
  /** How many records there are. */
  count: number;
  /** Open addressing: a record's address + 1, or 0 where it is free. */
  slots: Uint32Array;
  /** While the table grows: the smaller one, which still finds records that have not moved. */
  old: Uint32Array | null;
  /** While the table grows: the next record to move, and the first that was never in `old`. */
  moving: number;
  movingEnd: number;
}

const BLOCK_BITS = 20;
const BLOCK = 1 << BLOCK_BITS;
const MAX_END = 2 ** 32 - 1;
const FIRST_BLOCK = 256;
const FIRST_SLOTS = 8;
const MOVES_PER_RECORD = 16;
const KIND_1 = 0x80;
const MAX_KEY = KIND_1 - 1;
/** Of a part, in front of its records: the address at which they stand. */
const PART_HEAD = 4;
const BATCH = 4_096;
const { imul } = Math;

/** With room for `expected` records before the table grows. */
export function emptyKeyLog(expected = 0): KeyLog {
  let slots = FIRST_SLOTS;
  while (isFull(expected, slots)) slots *= 2;
  const table = new Uint32Array(slots);
  return { blocks: [], end: 0, count: 0, slots: table, old: null, moving: 0, movingEnd: 0 };
}

const isFull = (count: number, slots: number): boolean => 4 * count > 3 * slots;

/** The address of the record, or -1. */
export function find(log: KeyLog, kind: Kind, key: string): number {
  const size = encode(kind, key);
  const hash = hashOf(sought, 0, size);
  const found = probe(log, log.slots, size, hash);
  return found < 0 && log.old ? probe(log, log.old, size, hash) : found;
}

/** Adds a record whose key is not in the log yet, its numbers zero; returns its address. */
export function add(log: KeyLog, kind: Kind, key: string): number {
  const size = encode(kind, key);
  if (isFull(log.count + 1, log.slots.length)) grow(log);
  const address = store(log, size);
  place(log.slots, address, hashOf(sought, 0, size));
  log.count++;
  if (log.old) moveSome(log);
  return address;
}

/** A number of the record at `address`, counted from 0. */
export function numberAt({ blocks }: KeyLog, address: number, index = 0): number {
  const block = blocks[address >>> BLOCK_BITS]!;
  const at = numberPlace(block, address & (BLOCK - 1), index);
  return readNumber(block, at);
}

export function setNumber({ blocks }: KeyLog, address: number, index: number, value: number): void {
  const block = blocks[address >>> BLOCK_BITS]!;
  writeNumber(block, numberPlace(block, address & (BLOCK - 1), index), value);
}

export const sizeOfKeyLog = ({ blocks, slots, old }: KeyLog): number =>
  Math.max(0, blocks.length - 1) * BLOCK +
  (blocks.at(-1)?.length ?? 0) +
  4 * (slots.length + (old?.length ?? 0));

/** Copies of the records that stand at `from` and behind it: one part for each block. */
export function partsFrom({ blocks, end }: KeyLog, from: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = from; start < end; start = nextBlock(start)) {
    const until = Math.min(end, nextBlock(start));
    const part = new Uint8Array(PART_HEAD + until - start);
    const within = start & (BLOCK - 1);
    writeNumber(part, 0, start);
    part.set(blocks[start >>> BLOCK_BITS]!.subarray(within, within + until - start), PART_HEAD);
    parts.push(part);
  }
  return parts;
}

/**
 * Adds the records of a part to a log with room for them, in the order in which parts were made.
 * Hashing and placing take turns: placing alone, the processor fetches many slots at once.
 */
export function addPart(
  log: KeyLog,
  part: Uint8Array,
  onRecord: (kind: Kind, address: number) => void,
): void {
  const start = readNumber(part, 0);
  const block = roomyBlock(log, start, part.length - PART_HEAD);
  const base = start - (start & (BLOCK - 1));
  let at = start & (BLOCK - 1);
  block.set(part.subarray(PART_HEAD), at);
  const until = at + part.length - PART_HEAD;
  const [addresses, hashes] = [new Uint32Array(BATCH), new Int32Array(BATCH)];
  while (at < until && block[at] !== 0) {
    let records = 0;
    for (; records < BATCH && at < until && block[at] !== 0; records++) {
      addresses[records] = base + at;
      hashes[records] = hashOf(block, at, 1 + (block[at]! & MAX_KEY));
      at += recordSize(block[at]!);
    }
    for (let i = 0; i < records; i++) place(log.slots, addresses[i]!, hashes[i]!);
    for (let i = 0; i < records; i++)
      onRecord(block[addresses[i]! - base]! & KIND_1 ? 1 : 0, addresses[i]!);
    log.count += records;
  }
  log.end = base + at;
}

/** The first byte and the key of the record that is being looked for. */
const sought = new Uint8Array(1 + MAX_KEY);

/** Returns the size of what is sought: the first byte says kind and length, so it belongs to it. */
function encode(kind: Kind, key: string): number {
  const { length } = key;
  if (length === 0 || length > MAX_KEY) throw new Error(`a key of ${length} characters`);
  sought[0] = kind === 0 ? length : length | KIND_1;
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i);
    if (code > 127) throw new Error('a key must be ASCII');
    sought[1 + i] = code;
  }
  return 1 + length;
}

/** Four bytes at a time by multiplication, and the finalizer of MurmurHash3. */
function hashOf(bytes: Uint8Array, from: number, size: number): number {
  const until = from + size;
  let hash = size;
  let at = from;
  for (; at + 4 <= until; at += 4) hash = mixed(hash, readWord(bytes, at));
  let rest = 0;
  for (; at < until; at++) rest = (rest << 8) | bytes[at]!;
  hash = mixed(hash, rest);
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixed(hash: number, word: number): number {
  const product = imul(word, 0xcc9e2d51);
  const turned = hash ^ imul((product << 15) | (product >>> 17), 0x1b873593);
  return (imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

function probe({ blocks }: KeyLog, slots: Uint32Array, size: number, hash: number): number {
  const mask = slots.length - 1;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const address = slots[at]! - 1;
    if (address < 0) return -1;
    if (isSought(blocks[address >>> BLOCK_BITS]!, address & (BLOCK - 1), size)) return address;
  }
}

function isSought(block: Uint8Array, at: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (block[at + i] !== sought[i]) return false;
  return true;
}

function place(slots: Uint32Array, address: number, hash: number): void {
  const mask = slots.length - 1;
  let at = hash & mask;
  while (slots[at] !== 0) at = (at + 1) & mask;
  slots[at] = address + 1;
}

/** A record never spans two blocks: what does not fit opens the next one. */
function store(log: KeyLog, size: number): number {
  const needed = recordSize(sought[0]!);
  const within = log.end & (BLOCK - 1);
  const address = within + needed > BLOCK ? nextBlock(log.end) : log.end;
  const block = roomyBlock(log, address, needed);
  const at = address & (BLOCK - 1);
  for (let i = 0; i < size; i++) block[at + i] = sought[i]!;
  log.end = address + needed;
  return address;
}

/** The block of an address with room for `needed` bytes; only the first one starts small. */
function roomyBlock({ blocks }: KeyLog, address: number, needed: number): Uint8Array {
  const index = address >>> BLOCK_BITS;
  const until = (address & (BLOCK - 1)) + needed;
  if (address + needed > MAX_END) throw new Error('a log of keys holds at most 4 GiB');
  const block = blocks[index];
  if (block && until <= block.length) return block;
  let length = index === 0 ? (block?.length ?? FIRST_BLOCK) : BLOCK;
  while (length < until) length *= 2;
  const larger = new Uint8Array(length);
  if (block) larger.set(block);
  blocks[index] = larger;
  return larger;
}

const nextBlock = (address: number): number => address - (address & (BLOCK - 1)) + BLOCK;

const recordSize = (first: number): number => 1 + (first & MAX_KEY) + (first & KIND_1 ? 4 : 8);

const numberPlace = (block: Uint8Array, at: number, index: number): number =>
  at + 1 + (block[at]! & MAX_KEY) + 4 * index;

function grow(log: KeyLog): void {
  if (log.old) throw new Error('the table of a log of keys grew twice at once');
  log.old = log.slots;
  log.slots = new Uint32Array(2 * log.slots.length);
  log.moving = 0;
  log.movingEnd = log.end;
}

/** Records added since the table began to grow stand in the new one already. */
function moveSome(log: KeyLog): void {
  for (let moved = 0; moved < MOVES_PER_RECORD && log.moving < log.movingEnd; moved++) {
    const within = log.moving & (BLOCK - 1);
    const block = log.blocks[log.moving >>> BLOCK_BITS]!;
    const first = block[within]!;
    place(log.slots, log.moving, hashOf(block, within, 1 + (first & MAX_KEY)));
    const behind = log.moving + recordSize(first);
    const isRestFree = block[behind & (BLOCK - 1)] === 0;
    log.moving = isRestFree ? nextBlock(behind) : behind;
  }
  if (log.moving >= log.movingEnd) log.old = null;
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

const readNumber = (bytes: Uint8Array, at: number): number => readWord(bytes, at) >>> 0;

/** The same bits as a signed integer: what multiplication takes without making a float of it. */
const readWord = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
