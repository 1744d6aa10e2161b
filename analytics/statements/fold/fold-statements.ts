// The second way to a period's statements: one pass over the log in its own order, holding one sum
// and two running hashes per payee and currency. Shares nothing with the SQL; stops at the cutoff.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLogReader, EventText, Place } from '#event-store/port.ts';
import { START } from '#event-store/port.ts';
import type { StatementIssued } from '#ledger/payee.events.ts';
import { KIND_OF } from '../document.ts';
import { closingOf, type Closing } from '../period-closings.ts';
import { inRunOrder, RunRefused, type ComputedStatement } from '../run.ts';
import { carriedIn } from './fold-carry.ts';
import type { CarriedBalance, CarriedEvent, FoldCarry } from './fold-carry.ts';
import { FoldedStatement } from './folded-statement.ts';
import { pendingPosting } from './posting.ts';

/** What is folded: plain values. */
export interface FoldScope {
  /** All closings from the log's start, or from the carry, to the one that is computed. */
  readonly closings: readonly Closing[];
  readonly carry?: FoldCarry;
  /** Only this payee's statement in this currency; its text is kept. */
  readonly only?: { readonly payeeId: string; readonly currency: string };
}

export interface FoldInput extends FoldScope {
  readonly log: EventLogReader;
  /** Called with every event that stays open after the period, in log order. */
  readonly onOpen?: (event: CarriedEvent) => void;
  readonly onProgress?: (logIndex: number) => void;
}

export interface Folded {
  readonly statements: readonly ComputedStatement[];
  /** Of the one statement that was asked for with `only`, if it is due. */
  readonly text: string | undefined;
}

const TYPES = [...Object.keys(KIND_OF), 'StatementIssued'];
const PAGE = 4_000;

export async function foldStatements(input: FoldInput): Promise<Folded> {
  const fold = new Fold(input);
  if (input.carry) await fold.take(input.carry);
  const { cutoffLogIndex } = fold.target;
  let after: Place = input.carry?.place ?? START;
  for (;;) {
    const page = await input.log.readAllText({ after, limit: PAGE, types: TYPES });
    const before = page.filter(({ logIndex }) => logIndex < cutoffLogIndex);
    for (const event of before) fold.add(event);
    if (before.length < page.length || page.length === 0) break;
    after = page.at(-1)!;
    input.onProgress?.(page.at(-1)!.logIndex);
    await nextTurn();
  }
  return fold.finish();
}

class Fold {
  readonly target: Closing;
  readonly #input: FoldInput;
  readonly #statements = new Map<string, FoldedStatement>();
  /** What the period before was issued with: it must be what this one opens with. */
  readonly #issuedClosing = new Map<string, string>();
  readonly #previous: string | undefined;

  constructor(input: FoldInput) {
    this.#input = input;
    this.target = input.closings.at(-1)!;
    this.#previous = input.closings.at(-2)?.period ?? input.carry?.period;
  }

  async take(carry: FoldCarry): Promise<void> {
    for await (const carried of carriedIn(carry.file)) {
      if ('open' in carried) this.#addPosting(carried.open);
      else this.#addBalance(carried.balance);
    }
  }

  add(event: EventText): void {
    if (event.type === 'StatementIssued') this.#addIssued(event);
    else this.#addPosting(event);
  }

  finish(): Folded {
    this.#assertOpenedAsIssued();
    const due = [...this.#statements.values()].filter(({ isDue }) => isDue);
    const finished = due.map((statement) => statement.finish());
    const statements = finished.map(({ statement }) => statement).sort(inRunOrder);
    return { statements, text: this.#input.only ? finished[0]?.text : undefined };
  }

  #addBalance({ payeeId, currency, balanceMinor }: CarriedBalance): void {
    this.#statement(payeeId, currency)?.addToOpening(BigInt(balanceMinor));
  }

  #addPosting(event: CarriedEvent): void {
    const posting = pendingPosting(event, this.#input.only);
    if (!posting) return;
    const { payeeId, currency, clearsAt } = posting.money;
    const statement = this.#statement(payeeId, currency);
    if (!statement) return;
    const closing = closingOf(this.#input.closings, { logIndex: posting.logIndex, clearsAt });
    if (!closing) this.#input.onOpen?.(event);
    else if (closing === this.target) statement.addLine(posting, this.#isLate(clearsAt));
    else statement.addToOpening(posting.amountMinor);
  }

  /** Never in the first period of the ledger: everything before it belongs there. */
  #isLate(clearsAt: string): boolean {
    return this.#previous !== undefined && clearsAt < this.target.startsAt;
  }

  #addIssued({ data }: EventText): void {
    const issued = JSON.parse(data) as StatementIssued['data'];
    if (issued.period !== this.#previous) return;
    this.#issuedClosing.set(keyOf(issued), issued.closingMinor);
    this.#statement(issued.payeeId, issued.currency);
  }

  /** Undefined when another one was asked for. */
  #statement(payeeId: string, currency: string): FoldedStatement | undefined {
    const { only } = this.#input;
    if (only && (only.payeeId !== payeeId || only.currency !== currency)) return undefined;
    const key = keyOf({ payeeId, currency });
    let statement = this.#statements.get(key);
    if (!statement) {
      statement = new FoldedStatement({ payeeId, currency }, this.target, only !== undefined);
      this.#statements.set(key, statement);
    }
    return statement;
  }

  #assertOpenedAsIssued(): void {
    for (const [key, statement] of this.#statements) {
      const issued = this.#issuedClosing.get(key) ?? '0';
      if (statement.openingMinor.toString() === issued) continue;
      throw new RunRefused(
        `${statement.payeeId} ${statement.currency} was issued for ${this.#previous} with a ` +
          `closing balance of ${issued}; the log gives ${statement.openingMinor}`,
      );
    }
  }
}

const keyOf = ({ payeeId, currency }: { payeeId: string; currency: string }) =>
  `${payeeId} ${currency}`;
