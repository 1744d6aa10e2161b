// What a mapping preset says about a file: how a row is read, and which programme, sellers, codes
// and influencers the file is mapped to. The steps that follow from it are the same for all
// presets.
import type { CodeRules } from '#ledger/promo-code.events.ts';
import type { ProgrammeRules } from '#ledger/programme.events.ts';
import type { RewardTerms } from '#ledger/reward.ts';
import type { Timestamp } from '#ledger/values.ts';
import type { Decimal } from './decimal.ts';

/** One line of the file, understood but not judged. */
export interface SourceLine {
  readonly invoice: string;
  /** A refund names no original: `purchases.ts` says which purchase it reverses. */
  readonly isRefund: boolean;
  /** Goods can earn; charges (postage, fees, adjustments) are bought without a code. */
  readonly isGoods: boolean;
  readonly productId: string;
  /** As it stands in the file: 0 or negative in lines that are no sales. */
  readonly quantity: number;
  /** What the buyer paid for the whole line; negative where the file says so. */
  readonly paid: Decimal;
  readonly at: Timestamp;
  readonly customer: string | undefined;
  readonly sellerId: string;
}

/** A code that every seller of the file offers. */
export interface OfferedCode {
  /** The code's id is the seller's id, a dot and this. */
  readonly suffix: string;
  readonly rules: CodeRules;
  readonly plans: readonly { readonly terms: RewardTerms; readonly effectiveFrom: Timestamp }[];
}

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly currency: string;
  /** The file's header must hold these columns, in any order. */
  readonly columns: readonly string[];
  /** Cells in the order of `columns`. Throws RowUnreadable. */
  readonly lineOf: (cells: readonly string[]) => SourceLine;
  readonly programme: ProgrammeRules;
  /** When sellers, codes and influencers start, before the first order. */
  readonly opensAt: Timestamp;
  readonly codes: readonly OfferedCode[];
  /** Who promoted what this customer bought. */
  readonly influencerOf: (line: SourceLine) => number;
  readonly influencers: number;
  /** The rule in words, for `import --help`. */
  readonly rule: readonly string[];
}

export class RowUnreadable extends Error {
  override readonly name = 'RowUnreadable';
}

export const influencerIdOf = (influencer: number) =>
  `influencer_${String(influencer).padStart(2, '0')}`;

/** Influencer n promotes code n modulo the number of codes. */
export const offeredTo = (preset: Preset, influencer: number): OfferedCode =>
  preset.codes[influencer % preset.codes.length]!;

export const codeIdOf = (sellerId: string, offered: OfferedCode) => `${sellerId}.${offered.suffix}`;

/**
 * An id that may stand in a stream name, different for different texts: a space becomes `_`, any
 * other byte outside A-Z a-z 0-9 becomes a dot and its two hexadecimal digits.
 */
export function streamSafe(text: string): string {
  if (/^[A-Za-z0-9]+$/.test(text)) return text;
  const safe = Array.from(Buffer.from(text, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === ' ') return '_';
    if (/[A-Za-z0-9]/.test(character)) return character;
    return `.${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  if (safe === '' || safe.length > 48) throw new RowUnreadable(`"${text}" is too long for an id`);
  return safe;
}

/** A local time without a zone, `2010-12-01 08:26:00`, is read as UTC. */
export function utcOf(local: string): Timestamp {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/.exec(local);
  const time = match ? `${match[1]}T${match[2]}.000Z` : '';
  if (!match || Number.isNaN(Date.parse(time))) {
    throw new RowUnreadable(`"${local}" is not a time like 2010-12-01 08:26:00`);
  }
  return time;
}

export function wholeNumber(text: string, column: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new RowUnreadable(`${column} "${text}" is no whole number`);
  return Number(text);
}

/** The last nine digits of an id as a number; 0 when it has none. */
export const numberIn = (id: string) => Number(id.replace(/\D/g, '').slice(-9) || '0');
