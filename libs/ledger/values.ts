// The values that events and commands are made of: ids, times, periods, amounts. Each is declared
// once, as a schema; what does not fit one of them never gets past an edge.
import { z } from 'zod';

/** An id that may stand in a stream name: sellers, influencers, codes, activities, orders, … */
export const Id = z.string().regex(/^[A-Za-z0-9_.]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ .');
export type Id = z.infer<typeof Id>;

/** A channel in which a code is promoted; no dot, so that a task id can be read back. */
export const Channel = z.string().regex(/^[a-z0-9_]{1,32}$/, 'must be 1 to 32 of a-z 0-9 _');
export type Channel = z.infer<typeof Channel>;

const utf8 = new TextEncoder();

/** Product, line, refund and request ids come from others: any text of 1 to 64 bytes of UTF-8. */
export const ForeignId = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed() && utf8.encode(text).length <= 64, {
    message: 'must be well-formed text of at most 64 bytes',
  });
export type ForeignId = z.infer<typeof ForeignId>;

/** Made from a code's id and a channel: `streams.ts` spells it. */
export const TaskId = z
  .string()
  .regex(/^[A-Za-z0-9_.]{1,64}\.[a-z0-9_]{1,32}$/, 'must be a code id, a dot and a channel');
export type TaskId = z.infer<typeof TaskId>;

/** The text that a buyer types in, as stored: upper-cased at the edge, unique for ever. */
export const CodeText = z.string().regex(/^[A-Z0-9]{4,20}$/, 'must be 4 to 20 of A-Z 0-9');
export type CodeText = z.infer<typeof CodeText>;

/** UTC with milliseconds, `2026-01-31T23:59:59.999Z`: one length, so text order is time order. */
export const Timestamp = z
  .string()
  .regex(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be UTC with milliseconds')
  .refine((text) => isRealTime(text), { message: 'is not a date that exists' });
export type Timestamp = z.infer<typeof Timestamp>;

function isRealTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** A calendar month in UTC, `2026-01`. */
export const Period = z.string().regex(/^2\d{3}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM');
export type Period = z.infer<typeof Period>;

/** Minor units as a decimal string, never negative, at most 10^15: one line or one fee. */
export const AmountMinor = z
  .string()
  .regex(/^(0|[1-9]\d{0,15})$/, 'must be minor units: a whole number without sign or leading zero')
  .refine((text) => text.length < 16 || text === '1000000000000000', {
    message: 'must be at most 1000000000000000',
  });
export type AmountMinor = z.infer<typeof AmountMinor>;

/** A sum of minor units as a decimal string; may be negative, bounded only by its 38 digits. */
export const SignedMinor = z.string().regex(/^(0|-?[1-9]\d{0,37})$/, 'must be whole minor units');
export type SignedMinor = z.infer<typeof SignedMinor>;

const SIGNED_MINOR_BOUND = 10n ** 38n;

/** A sum as it is stored. More than 38 digits is a bug: engines would wrap silently beyond them. */
export function toSignedMinor(amount: bigint): SignedMinor {
  if (amount >= SIGNED_MINOR_BOUND || amount <= -SIGNED_MINOR_BOUND)
    throw new RangeError(`${amount} minor units have more than 38 digits`);
  return amount.toString();
}

/** ISO 4217, upper case; `currency.ts` knows which exist and their exponents. */
export const CurrencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');
export type CurrencyCode = z.infer<typeof CurrencyCode>;

/** Lower-case hexadecimal SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');
export type Sha256 = z.infer<typeof Sha256>;

/** An event's lasting name: `stream@revision`. Positions never enter an event; these do. */
export const EventRef = z.string().regex(/^[a-zA-Z]+-?[A-Za-z0-9_./]*@\d+$/);
export type EventRef = z.infer<typeof EventRef>;
