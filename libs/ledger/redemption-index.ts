// The redemptions of one code, compactly: which order was reserved at which revision, whether it
// was released, and how many uses count for each buyer. About 75 bytes for an order and a buyer of
// its own. Updated in place by the fold of `promoCode-{id}`; a snapshot copies only what is new.
import {
  add,
  addPart,
  emptyKeyLog,
  find,
  numberAt,
  partsFrom,
  setNumber,
  sizeOfKeyLog,
  type Kind,
  type KeyLog,
} from './key-log.ts';

export interface Redemptions {
  /** Orders with [revision, address of the buyer + 1 or 0]; buyers with [uses that count]. */
  readonly log: KeyLog;
  /** Every order ever reserved, released ones included. */
  orders: number;
  /** Order ids; few, for it takes a crash, or one order under two codes, to release one. */
  readonly released: Set<string>;
}

const ORDER: Kind = 0;
const BUYER: Kind = 1;
const REVISION = 0;
const BUYER_OF = 1;
const USES = 0;

/** With room for as many orders and buyers before anything has to grow. */
export function emptyRedemptions(expected = 0): Redemptions {
  return { log: emptyKeyLog(expected), orders: 0, released: new Set() };
}

/** The revision of the order's reservation, also when it was released. */
export function revisionOf({ log }: Redemptions, orderId: string): number | undefined {
  const order = find(log, ORDER, orderId);
  return order < 0 ? undefined : numberAt(log, order, REVISION);
}

export const isReleased = ({ released }: Redemptions, orderId: string): boolean =>
  released.has(orderId);

/** Reservations that were not released. */
export const usesInAll = ({ orders, released }: Redemptions): number => orders - released.size;

export function usesBy({ log }: Redemptions, buyer: string): number {
  const address = find(log, BUYER, buyer);
  return address < 0 ? 0 : numberAt(log, address, USES);
}

/** `buyer` only for a code that limits its buyers. */
export function noteReservation(
  redemptions: Redemptions,
  orderId: string,
  buyer: string | undefined,
  revision: number,
): void {
  const { log } = redemptions;
  if (find(log, ORDER, orderId) >= 0) throw new Error(`order ${orderId} is reserved twice`);
  const buyerOf = buyer === undefined ? 0 : noteUse(log, buyer) + 1;
  const order = add(log, ORDER, orderId);
  setNumber(log, order, REVISION, revision);
  setNumber(log, order, BUYER_OF, buyerOf);
  redemptions.orders++;
}

function noteUse(log: KeyLog, buyer: string): number {
  const known = find(log, BUYER, buyer);
  const address = known < 0 ? add(log, BUYER, buyer) : known;
  setNumber(log, address, USES, numberAt(log, address, USES) + 1);
  return address;
}

/** Gives the use back, once. */
export function noteRelease({ log, released }: Redemptions, orderId: string): void {
  if (released.has(orderId)) return;
  const order = find(log, ORDER, orderId);
  if (order < 0) throw new Error(`order ${orderId} is released and was never reserved`);
  released.add(orderId);
  const buyer = numberAt(log, order, BUYER_OF) - 1;
  if (buyer >= 0) setNumber(log, buyer, USES, numberAt(log, buyer, USES) - 1);
}

export const sizeOfRedemptions = ({ log, released }: Redemptions): number =>
  sizeOfKeyLog(log) + 100 * released.size;

/** Where the next save goes on; parts are what was reserved since the last one. */
export const endOf = ({ log }: Redemptions): number => log.end;

export const partsOf = ({ log }: Redemptions, from: number): Uint8Array[] => partsFrom(log, from);

/** Adds what a part holds. Uses are counted again: a buyer's record may have changed since. */
export function addReserved(redemptions: Redemptions, part: Uint8Array): void {
  const { log } = redemptions;
  addPart(log, part, (kind, address) => {
    if (kind === BUYER) return setNumber(log, address, USES, 0);
    redemptions.orders++;
    const buyer = numberAt(log, address, BUYER_OF) - 1;
    if (buyer >= 0) setNumber(log, buyer, USES, numberAt(log, buyer, USES) + 1);
  });
}
