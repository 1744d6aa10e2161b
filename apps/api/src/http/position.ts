// Read your own writes: the token that a write answers with, and that a read may bring. It names
// the ledger as well as the place, so that a token of another ledger is refused and not waited for.
import { z } from 'zod';
import type { Position } from '#event-store/port.ts';

export const POSITION_HEADER = 'promo-ledger-position';

const TOKEN = /^([0-9a-f]{8})\.([0-9a-z]{1,26})$/;

export const PositionToken = z
  .string()
  .regex(TOKEN)
  .meta({ id: 'PositionToken', examples: ['9c1f03ab.2s'] });

export const positionToken = (logId: string, position: Position): string =>
  `${ledgerMark(logId)}.${(position + 1n).toString(36)}`;

/** Undefined for junk and for tokens of another ledger. */
export function positionOf(logId: string, token: string): Position | undefined {
  const [, mark, place] = TOKEN.exec(token) ?? [];
  if (mark !== ledgerMark(logId) || place === undefined) return undefined;
  let position = 0n;
  for (const digit of place) position = position * 36n + BigInt(Number.parseInt(digit, 36));
  return position - 1n;
}

const marks = new Map<string, string>();

/** Kept, because every answer of a feed carries one. */
function ledgerMark(logId: string): string {
  let mark = marks.get(logId);
  if (mark === undefined)
    marks.set(logId, (mark = logId.replaceAll('-', '').toLowerCase().slice(0, 8)));
  return mark;
}
