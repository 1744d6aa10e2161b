// One statement while the log goes by: balances in bigint, and the hashes of a document that is
// never held whole. Its members come in canonical order, so its lines are hashed as they arrive.
import { createHash, type Hash } from 'node:crypto';
import { canonicalJson } from '#ledger/canonical-json.ts';
import { DOCUMENT_FORMAT, LineKind } from '../document.ts';
import type { Closing } from '../period-closings.ts';
import type { ComputedStatement } from '../run.ts';
import type { PendingPosting } from './posting.ts';

export class FoldedStatement {
  readonly payeeId: string;
  readonly currency: string;
  readonly #closing: Closing;
  readonly #document: Hash = createHash('sha256');
  readonly #byKind = new Map<LineKind, bigint>();
  /** Only kept when the whole document was asked for. */
  readonly #kept: string[] | undefined;
  #lineCount = 0;
  #late = 0n;
  #lines = 0n;
  #opening = 0n;

  constructor(of: { payeeId: string; currency: string }, closing: Closing, keepText: boolean) {
    this.payeeId = of.payeeId;
    this.currency = of.currency;
    this.#closing = closing;
    this.#kept = keepText ? [] : undefined;
    const first = {
      currency: of.currency,
      cutoffLogIndex: closing.cutoffLogIndex,
      format: DOCUMENT_FORMAT,
    };
    this.#write(`${canonicalJson(first).slice(0, -1)},"lines":[`);
  }

  /** What was payable before the period's lines. */
  addToOpening(amountMinor: bigint): void {
    this.#opening += amountMinor;
  }

  addLine(posting: PendingPosting, late: boolean): void {
    const text = lineText(posting, late);
    this.#write(this.#lineCount === 0 ? text : `,${text}`);
    this.#lineCount += 1;
    this.#lines += posting.amountMinor;
    if (late) this.#late += posting.amountMinor;
    const { kind, amountMinor } = posting;
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0n) + amountMinor);
  }

  get openingMinor(): bigint {
    return this.#opening;
  }

  get closingMinor(): bigint {
    return this.#opening + this.#lines;
  }

  /** One for every payee and currency with lines or a balance. */
  get isDue(): boolean {
    return this.#lineCount > 0 || this.#opening !== 0n;
  }

  finish(): { readonly statement: ComputedStatement; readonly text: string | undefined } {
    const { period, cutoffLogIndex, rulesVersion } = this.#closing;
    const { payeeId, currency } = this;
    const totals = this.#totals();
    const rest = canonicalJson({ other: [], payeeId, period, rulesVersion, totals });
    this.#write(']');
    const inputSha256 = this.#document.copy().digest('hex');
    this.#write(`,${rest.slice(1)}`);
    const { byKind: _byKind, lateMinor: _late, ...sums } = totals;
    const hashes = { inputSha256, documentSha256: this.#document.digest('hex') };
    const of = { payeeId, period, currency, cutoffLogIndex, rulesVersion };
    return { statement: { ...of, ...sums, ...hashes }, text: this.#kept?.join('') };
  }

  #totals() {
    const byKind = LineKind.options.map(
      (kind) => [kind, (this.#byKind.get(kind) ?? 0n).toString()] as const,
    );
    return {
      byKind: Object.fromEntries(byKind),
      closingMinor: this.closingMinor.toString(),
      lateMinor: this.#late.toString(),
      lineCount: this.#lineCount,
      linesMinor: this.#lines.toString(),
      openingMinor: this.#opening.toString(),
      otherMinor: '0',
    };
  }

  #write(text: string): void {
    this.#document.update(text);
    this.#kept?.push(text);
  }
}

/** Canonical: its members in order, and what needs escaping taken from canonical text as it is. */
function lineText({ logIndex, event, kind, money, amountMinor }: PendingPosting, late: boolean) {
  return (
    `{"amountMinor":"${amountMinor}","base":${money.base},"clearsAt":"${money.clearsAt}",` +
    `"codeId":"${money.codeId}","event":"${event}","kind":"${kind}","late":${late},` +
    `"logIndex":${logIndex},"net":${money.net},"occurredAt":"${money.occurredAt}",` +
    `"orderId":"${money.orderId}","plan":${money.plan},"sellerId":"${money.sellerId}",` +
    `"text":"${money.text}"}`
  );
}
