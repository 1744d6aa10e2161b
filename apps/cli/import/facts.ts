// From the lines of an invoice to what the bulk endpoint takes: orders confirmed at sale, and
// refunds. Every line of the file goes into exactly one fact, also those that will be refused.
import type { Timestamp } from '#ledger/values.ts';
import { minorUnits } from './decimal.ts';
import { codeIdOf, influencerIdOf, offeredTo, type Preset, streamSafe } from './preset.ts';
import type { SourceLine } from './preset.ts';
import { Purchases } from './purchases.ts';
import { purchaseKey, type Survey } from './survey.ts';

/** A fact to send, and the lines of the file that share its fate. */
export interface Fact {
  readonly isRefund: boolean;
  readonly lines: number;
  /** Signed as in the file, each line rounded once. */
  readonly minor: bigint;
  readonly body: object;
}

/** Text of the code that this influencer promotes for this seller. */
export type TextOf = (codeId: string, influencerId: string) => string;

/** What a buyer types who uses no code: it cannot be one. */
const NO_CODE = '-';

interface NumberedLine extends SourceLine {
  /** The how-manieth line of its invoice, from 1. */
  readonly lineId: string;
}

export interface MappingParts {
  readonly preset: Preset;
  /** Of the preset's currency. */
  readonly exponent: number;
  readonly survey: Survey;
  readonly textOf: TextOf;
}

export class Mapping {
  private readonly purchases = new Purchases();
  private readonly parts: MappingParts;

  constructor(parts: MappingParts) {
    this.parts = parts;
  }

  /** The facts of a complete invoice. */
  factsOf(invoice: readonly SourceLine[]): Fact[] {
    const lines = invoice.map((line, index) => ({ ...line, lineId: String(index + 1) }));
    if (lines[0]!.isRefund) return lines.map((line) => this.refund(line));
    const goods = lines.filter((line) => isSale(line) && line.isGoods);
    const charges = lines.filter((line) => isSale(line) && !line.isGoods);
    const noSale = lines.filter((line) => !isSale(line));
    const orderId = streamSafe(lines[0]!.invoice);
    const facts: Fact[] = [];
    if (goods.length > 0) facts.push(this.purchase(orderId, goods));
    if (charges.length > 0) facts.push(this.order(`${orderId}.charges`, charges, NO_CODE));
    if (noSale.length > 0) facts.push(this.order(`${orderId}.void`, noSale, NO_CODE));
    return facts;
  }

  private purchase(orderId: string, lines: readonly NumberedLine[]): Fact {
    const at = earliest(lines);
    for (const line of lines) {
      const key = purchaseKey(line);
      if (key === undefined || !this.parts.survey.refunded.has(key)) continue;
      const { sellerId, lineId } = line;
      this.purchases.add(key, { sellerId, orderId, lineId, at, leftMinor: this.minor(line) });
    }
    const [first] = lines as [NumberedLine];
    const influencer = this.parts.preset.influencerOf(first);
    const codeId = codeIdOf(first.sellerId, offeredTo(this.parts.preset, influencer));
    return this.order(orderId, lines, this.parts.textOf(codeId, influencerIdOf(influencer)));
  }

  private order(orderId: string, lines: readonly NumberedLine[], code: string): Fact {
    const { sellerId, customer } = lines[0]!;
    const at = earliest(lines);
    const body = {
      type: 'order',
      sellerId,
      orderId,
      code,
      currency: this.parts.preset.currency,
      paidAt: at,
      confirmedAt: at,
      ...(customer !== undefined && { buyerId: customer }),
      lines: lines.map((line) => {
        const paid = this.minor(line).toString();
        const { lineId, productId, quantity } = line;
        return { lineId, productId, quantity, listMinor: paid, paidMinor: paid };
      }),
    };
    const minor = lines.reduce((sum, line) => sum + this.minor(line), 0n);
    return { isRefund: false, lines: lines.length, minor, body };
  }

  private refund(line: NumberedLine): Fact {
    const minor = this.minor(line);
    const key = purchaseKey(line);
    const reversed = key && this.purchases.reverse(key, -minor, line.at);
    const { sellerId, orderId, lineId } = reversed || {
      sellerId: line.sellerId,
      orderId: streamSafe(line.invoice),
      lineId: line.lineId,
    };
    const body = {
      type: 'refund',
      sellerId,
      orderId,
      refundId: `${line.invoice}.${line.lineId}`,
      currency: this.parts.preset.currency,
      occurredAt: line.at,
      refund: { kind: 'lines', lines: [{ lineId, amountMinor: (-minor).toString() }] },
    };
    return { isRefund: true, lines: 1, minor, body };
  }

  private minor(line: SourceLine): bigint {
    return minorUnits(line.paid, this.parts.exponent);
  }
}

const isSale = ({ quantity, paid }: SourceLine) => quantity >= 1 && paid.units >= 0n;

const earliest = (lines: readonly SourceLine[]): Timestamp =>
  lines.reduce((first, { at }) => (at < first ? at : first), lines[0]!.at);
