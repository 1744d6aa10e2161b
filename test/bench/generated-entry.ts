// One entry of a generated log: an order that was confirmed as it was paid, or a refund of 500 to
// it, each as the canonical text of its data. Written as text at once, for there are millions.
import { drawn } from './drawn.ts';

export interface Entry {
  readonly seed: number;
  readonly payees: number;
  readonly period: string;
  /** Of its period, from 0. */
  readonly order: number;
  readonly isRefund: boolean;
}

const SELLERS = 200;
const RATE_BPS = 750;
const REFUND_MINOR = 500;
const DAY_SECONDS = 86_400;
const PAID_DAYS = 18;
const HOLD_DAYS = 7;
const PLAN = `"plan":{"kind":"rate","rateBps":${RATE_BPS},"rounding":1,"version":1},`;
const HASH = 'a'.repeat(64);

/** 7.5 % of less than 10^6 minor units, rounded half up: exact in a double. */
const earned = (minor: number) => Math.floor((2 * minor * RATE_BPS + 10_000) / 20_000);

const twoDigits = (number: number) => String(number).padStart(2, '0');
const DAYS = Array.from({ length: 32 }, (_, day) => twoDigits(day));
/** To format a time anew for each event would take longer than all the rest. */
const TIMES = Array.from({ length: DAY_SECONDS }, (_, second) =>
  [second / 3_600, (second / 60) % 60, second % 60].map(Math.floor).map(twoDigits).join(':'),
).map((time) => `${time}.000Z`);

export function entryData({ seed, payees, period, order, isRefund }: Entry) {
  const draw = drawn(seed, order);
  const payee = order % payees;
  const seller = payee % SELLERS;
  const sellerId = `seller${seller}`;
  const orderId = `${period.replace('-', '')}.${order}`;
  const paid = 1_000 + (draw % 50_000);
  const second = draw % (PAID_DAYS * DAY_SECONDS);
  const day = 2 + Math.floor(second / DAY_SECONDS);
  const time = TIMES[second % DAY_SECONDS]!;
  const occurredAt = `${period}-${DAYS[day]}T${time}`;
  const clearsAt = `${period}-${DAYS[day + HOLD_DAYS]}T${time}`;
  const before = isRefund ? paid : 0;
  const after = isRefund ? paid - REFUND_MINOR : paid;
  const bases = `"afterMinor":"${after}","beforeMinor":"${before}"`;
  const movement =
    `{"account":"pending","amountMinor":"${earned(after) - earned(before)}",` +
    `"clearsAt":"${clearsAt}","codeId":"code${seller}","currency":"USD",` +
    `"lines":[{${bases},"lineId":"1"}],"net":{${bases}},` +
    `"payeeId":"payee${payee}",${PLAN}"sellerId":"${sellerId}","text":"CODE${payee}"}`;
  const rest = `"occurredAt":"${occurredAt}","orderId":"${orderId}"`;
  const data = isRefund
    ? `{"contentHash":"${HASH}","currency":"USD","movement":${movement},${rest},` +
      `"refundId":"r-${orderId}","request":{"amountMinor":"${REFUND_MINOR}","kind":"amount"},` +
      `"sellerId":"${sellerId}","spread":[{"amountMinor":"${REFUND_MINOR}","lineId":"1"}]}`
    : `{"clearsAt":"${clearsAt}","movement":${movement},${rest},"rulesVersion":1,` +
      `"sellerId":"${sellerId}"}`;
  return { sellerId, orderId, occurredAt, data };
}
