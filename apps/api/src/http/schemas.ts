// What callers may write: times with any offset, money with its currency, pages. Each is parsed
// into the form that the ledger stores, so that nothing behind the edge sees a second spelling.
import { z } from 'zod';
import {
  AmountMinor,
  type CodeText,
  CurrencyCode,
  SignedMinor,
  Timestamp,
} from '#ledger/values.ts';

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/;

/** ISO 8601 with a zone, any offset; becomes UTC with milliseconds, finer fractions cut off. */
export const Instant = z
  .string()
  .max(40)
  .transform((text, context): Timestamp => {
    const utc = utcOf(text);
    if (utc !== undefined) return utc;
    context.addIssue({ code: 'custom', message: reasonAgainst(text) });
    return z.NEVER;
  })
  .meta({ id: 'Instant', format: 'date-time', examples: ['2026-01-31T23:59:59.000Z'] });

/** Most times arrive as they are stored: those are checked, and need no arithmetic. */
function utcOf(text: string): Timestamp | undefined {
  const parts = ISO_8601.exec(text);
  if (parts === null || !isRealDate(parts)) return undefined;
  const isStored = text.length === 24 && text.endsWith('Z');
  const utc = isStored ? text : new Date(text).toISOString();
  return utc.startsWith('2') ? utc : undefined;
}

function isRealDate([, year, month, day, hour, minute, second]: readonly string[]): boolean {
  return (
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(year), Number(month)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59
  );
}

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month] ?? 0);
}

function reasonAgainst(text: string): string {
  const parts = ISO_8601.exec(text);
  if (parts !== null) return 'is not a date that exists between the years 2000 and 2999';
  return /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text)
    ? 'must say its zone: Z or an offset'
    : 'must be an ISO 8601 time with seconds and a zone, as 2026-01-31T23:59:59Z';
}

/** When a fact holds from: the service's clock unless said. */
export const occurredAt = Instant.optional();

/** The body of a command that says nothing but, perhaps, when; it may be left out. */
export const OnlyWhen = z.strictObject({ occurredAt }).meta({ id: 'OnlyWhen' });
export type OnlyWhen = z.infer<typeof OnlyWhen>;

/** A code's text as somebody typed it: its case does not matter. */
export const TypedText = z
  .string()
  .regex(/^[A-Za-z0-9]{4,20}$/, 'must be 4 to 20 letters and digits')
  .transform((text): CodeText => text.toUpperCase())
  .meta({ id: 'TypedText' });
export type TypedText = CodeText;

/** Why somebody did it, in a sentence. */
export const Reason = z.string().min(1).max(200);

/** Minor units as a decimal string, never negative: what a caller may give. */
export const Money = z
  .strictObject({ amount: AmountMinor, currency: CurrencyCode })
  .meta({ id: 'Money', examples: [{ amount: '1470', currency: 'USD' }] });
export type Money = z.infer<typeof Money>;

/** A balance or a movement: minor units that may be negative. */
export const SignedMoney = z
  .strictObject({ amount: SignedMinor, currency: CurrencyCode })
  .meta({ id: 'SignedMoney', examples: [{ amount: '-250', currency: 'USD' }] });
export type SignedMoney = z.infer<typeof SignedMoney>;

export const money = (amountMinor: string, currency: string): SignedMoney => ({
  amount: amountMinor,
  currency,
});
