// The demo's two months. Its clock is put where the market is; nothing in it looks at the real one.
import type { Timestamp } from '#ledger/values.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 2, 1);

export const PERIODS = ['2026-03', '2026-04'] as const;
/** Orders are paid on days 0 to 60, 1 March to 30 April. */
export const SELLING_DAYS = 61;
/** 4 April and 4 May: the first days on which March and April may be closed. */
export const CLOSING_DAYS = [34, 64] as const;

export const SETTING_UP: Timestamp = '2026-02-16T09:00:00.000Z';
export const CODES_FROM: Timestamp = '2026-02-20T00:00:00.000Z';
export const CODES_UNTIL: Timestamp = '2026-04-30T23:59:59.999Z';
export const APRIL: Timestamp = '2026-04-01T00:00:00.000Z';

/** A moment of a day, in milliseconds after its midnight; also beyond that day's end. */
export const moment = (day: number, ms: number = 0): Timestamp =>
  new Date(FIRST_DAY + day * DAY_MS + ms).toISOString();

export const daysLater = (time: Timestamp, days: number, ms: number = 0): Timestamp =>
  new Date(Date.parse(time) + days * DAY_MS + ms).toISOString();

export const dayOf = (time: Timestamp): number =>
  Math.floor((Date.parse(time) - FIRST_DAY) / DAY_MS);
