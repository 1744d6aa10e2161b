// The redemptions of one code, compactly: which order was reserved at which revision, whether it was
// released, and how many uses count for each buyer. About 70 bytes for each order and its buyer.
// Updated in place by the fold of `promoCode-{id}`.
import { emptyColumn, pushValue, setValue, sizeOfColumn, valueAt, type Column } from './column.ts';
import {
  addKey,
  addNewKey,
  copyKey,
  emptyKeySet,
  keyCount,
  numberOf,
  sizeOfKeySet,
  type KeySet,
} from './key-set.ts';

export interface Redemptions {
  readonly orders: KeySet;
  /** By order number. */
  readonly revisions: Column;
  /** By order number: the buyer's number + 1, or 0; FIRST_USE is set on a buyer's first order. */
  readonly buyerOf: Column;
  readonly buyers: KeySet;
  /** By buyer number: uses that count. */
  readonly uses: Column;
  /** Order numbers; few, for it takes a crash or one order under two codes to release one. */
  readonly released: Set<number>;
}

const FIRST_USE = 0x8000_0000;
const buyerNumber = (entry: number) => (entry & ~FIRST_USE) - 1;

export function emptyRedemptions(orders = 0, buyers = 0): Redemptions {
  return {
    orders: emptyKeySet(orders),
    revisions: emptyColumn(),
    buyerOf: emptyColumn(),
    buyers: emptyKeySet(buyers),
    uses: emptyColumn(),
    released: new Set(),
  };
}

export function revisionOf({ orders, revisions }: Redemptions, orderId: string) {
  const order = numberOf(orders, orderId);
  return order < 0 ? undefined : valueAt(revisions, order);
}

export function isReleased({ orders, released }: Redemptions, orderId: string): boolean {
  return released.has(numberOf(orders, orderId));
}

/** Reservations that were not released. */
export const usesInAll = ({ orders, released }: Redemptions): number =>
  keyCount(orders) - released.size;

export function usesBy({ buyers, uses }: Redemptions, buyer: string): number {
  const number = numberOf(buyers, buyer);
  return number < 0 ? 0 : valueAt(uses, number);
}

/** `buyer` only for a code that limits its buyers. */
export function noteReservation(
  redemptions: Redemptions,
  orderId: string,
  buyer: string | undefined,
  revision: number,
): void {
  const { orders, revisions, buyerOf } = redemptions;
  const order = addKey(orders, orderId);
  if (order !== revisions.length) throw new Error(`order ${orderId} is reserved twice`);
  pushValue(revisions, revision);
  pushValue(buyerOf, buyer === undefined ? 0 : noteUse(redemptions, buyer));
}

function noteUse({ buyers, uses }: Redemptions, buyer: string): number {
  const number = addKey(buyers, buyer);
  const isFirst = number === uses.length;
  if (isFirst) pushValue(uses, 1);
  else setValue(uses, number, valueAt(uses, number) + 1);
  return isFirst ? ((number + 1) | FIRST_USE) >>> 0 : number + 1;
}

/** Gives the use back, once. */
export function noteRelease(redemptions: Redemptions, orderId: string): void {
  const order = numberOf(redemptions.orders, orderId);
  if (order < 0) throw new Error(`order ${orderId} is released and was never reserved`);
  if (!redemptions.released.has(order)) giveBack(redemptions, order);
}

/** By order number, as a snapshot names it. */
export function giveBack({ buyerOf, uses, released }: Redemptions, order: number): void {
  released.add(order);
  const buyer = buyerNumber(valueAt(buyerOf, order));
  if (buyer >= 0) setValue(uses, buyer, valueAt(uses, buyer) - 1);
}

export function sizeOfRedemptions(redemptions: Redemptions): number {
  const { orders, revisions, buyerOf, buyers, uses, released } = redemptions;
  const columns = sizeOfColumn(revisions) + sizeOfColumn(buyerOf) + sizeOfColumn(uses);
  return sizeOfKeySet(orders) + sizeOfKeySet(buyers) + columns + 40 * released.size;
}

const LARGEST_ENTRY_BYTES = 2 * 256 + 8;
const PART_BYTES = 1024 * 1024;

/**
 * The reservations from number `from` on, in parts. An entry is the order's key, its revision, its
 * buyer's number, and the buyer's key where it is the buyer's first order.
 */
export function partsOf(redemptions: Redemptions, from: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const count = keyCount(redemptions.orders);
  for (let order = from; order < count;) {
    const part = new Uint8Array(Math.min(PART_BYTES, (count - order) * LARGEST_ENTRY_BYTES));
    let end = 0;
    while (order < count && end + LARGEST_ENTRY_BYTES <= part.length)
      end = writeEntry(redemptions, order++, part, end);
    parts.push(part.slice(0, end));
  }
  return parts;
}

function writeEntry(redemptions: Redemptions, order: number, part: Uint8Array, at: number): number {
  const { orders, revisions, buyerOf, buyers } = redemptions;
  const buyer = valueAt(buyerOf, order);
  let end = copyKey(orders, order, part, at);
  end = writeNumber(part, end, valueAt(revisions, order));
  end = writeNumber(part, end, buyer);
  return buyer >= FIRST_USE ? copyKey(buyers, buyerNumber(buyer), part, end) : end;
}

/** Adds the reservations of one part, in the order in which parts were saved. */
export function readPart(redemptions: Redemptions, part: Uint8Array): void {
  const { orders, revisions, buyerOf, buyers, uses } = redemptions;
  for (let at = 0; at < part.length;) {
    const length = part[at]!;
    addNewKey(orders, part, at + 1, length);
    at += 1 + length;
    const buyer = readNumber(part, at + 4);
    pushValue(revisions, readNumber(part, at));
    pushValue(buyerOf, buyer);
    at += 8;
    if (buyer >= FIRST_USE) {
      const buyerLength = part[at]!;
      addNewKey(buyers, part, at + 1, buyerLength);
      pushValue(uses, 1);
      at += 1 + buyerLength;
    } else if (buyer > 0) setValue(uses, buyer - 1, valueAt(uses, buyer - 1) + 1);
  }
}

function writeNumber(part: Uint8Array, at: number, value: number): number {
  part[at] = value;
  part[at + 1] = value >>> 8;
  part[at + 2] = value >>> 16;
  part[at + 3] = value >>> 24;
  return at + 4;
}

const readNumber = (part: Uint8Array, at: number): number =>
  (part[at]! | (part[at + 1]! << 8) | (part[at + 2]! << 16) | (part[at + 3]! << 24)) >>> 0;
