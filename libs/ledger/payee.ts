// Issuing a payee's statements: at most one per period and currency, in order, each opening with
// what the last one closed with and adding up. An issued statement never changes.
import { accept, refuse } from './decider.ts';
import type { Decider, Decision, Refusal } from './decider.ts';
import type { PayeeEvent, StatementIssued } from './payee.events.ts';
import type { CurrencyCode, Period, Sha256, SignedMinor } from './values.ts';

// State

interface Account {
  readonly lastPeriod: Period;
  readonly closingMinor: SignedMinor;
  /** The document of each period; updated in place. */
  readonly documents: Map<Period, Sha256>;
}

/** By currency. */
export type PayeeState = ReadonlyMap<CurrencyCode, Account>;

export const payee: Decider<PayeeState, PayeeEvent> = {
  category: 'payee',
  foldVersion: 1,
  initial: () => new Map(),
  evolve,
  sizeOf: (state) => {
    let bytes = 100;
    for (const { documents } of state.values()) bytes += 300 + documents.size * 200;
    return bytes;
  },
};

function evolve(state: PayeeState, { data }: PayeeEvent): PayeeState {
  const { currency, period, closingMinor, documentSha256 } = data;
  const documents = state.get(currency)?.documents ?? new Map<Period, Sha256>();
  documents.set(period, documentSha256);
  return new Map(state).set(currency, { lastPeriod: period, closingMinor, documents });
}

// Decisions

export type PayeeRefusal =
  | 'issued_statement_must_not_change'
  | 'statements_must_be_issued_in_order'
  | 'statement_must_open_with_last_closing'
  | 'statement_must_add_up';

export type IssueStatement = StatementIssued['data'];

export function issueStatement(
  command: IssueStatement,
  state: PayeeState,
): Decision<StatementIssued, PayeeRefusal> {
  const { currency, period, openingMinor, documentSha256 } = command;
  const account = state.get(currency);
  const issued = account?.documents.get(period);
  if (issued === documentSha256) return accept();
  if (issued !== undefined)
    return refuse('issued_statement_must_not_change', { period, currency, issued, documentSha256 });
  if (account !== undefined && period < account.lastPeriod)
    return refuse('statements_must_be_issued_in_order', { period, last: account.lastPeriod });
  const lastClosingMinor = account?.closingMinor ?? '0';
  if (openingMinor !== lastClosingMinor)
    return refuse('statement_must_open_with_last_closing', { openingMinor, lastClosingMinor });
  return refuseWrongSum(command) ?? accept({ type: 'StatementIssued', data: command });
}

/**
 * Closing = opening + lines + other postings on payable, and lines that are none add up to nothing.
 * No event but a statement posts on payable, so that the others must be zero.
 */
function refuseWrongSum(command: IssueStatement): Refusal<PayeeRefusal> | undefined {
  const { openingMinor, lineCount, linesMinor, otherMinor, closingMinor } = command;
  const adds = BigInt(openingMinor) + BigInt(linesMinor) === BigInt(closingMinor);
  const hasLines = lineCount > 0 || linesMinor === '0';
  if (adds && hasLines && otherMinor === '0') return undefined;
  const amounts = { openingMinor, linesMinor, otherMinor, closingMinor };
  return refuse('statement_must_add_up', { lineCount, ...amounts });
}
