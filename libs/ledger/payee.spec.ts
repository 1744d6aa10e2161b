import { eventsOf, outcomeOf } from '../../test/support/given.ts';
import { hashOf } from '../../test/support/order-builders.ts';
import { issueStatement, payee } from './payee.ts';
import type { IssueStatement, PayeeState } from './payee.ts';

const statement = (changes: Partial<IssueStatement> = {}): IssueStatement => ({
  payeeId: 'ada',
  period: '2026-01',
  currency: 'USD',
  cutoffLogIndex: 9,
  rulesVersion: 1,
  openingMinor: '0',
  lineCount: 2,
  linesMinor: '950',
  otherMinor: '0',
  closingMinor: '950',
  inputSha256: hashOf('a'),
  documentSha256: hashOf('b'),
  occurredAt: '2026-02-04T00:00:00.000Z',
  ...changes,
});
const issued = (...statements: readonly Partial<IssueStatement>[]): PayeeState => {
  let state = payee.initial();
  for (const changes of statements)
    for (const event of eventsOf(issueStatement(statement(changes), state)))
      state = payee.evolve(state, event);
  return state;
};
const march = { period: '2026-03', openingMinor: '950', lineCount: 0, linesMinor: '0' };

describe('issuing a statement', () => {
  it('stores it as it was computed', () => {
    expect(issueStatement(statement(), payee.initial())).toEqual({
      events: [{ type: 'StatementIssued', data: statement() }],
    });
  });

  it('changes nothing when the same document was issued, whatever else was since', () => {
    expect(issueStatement(statement(), issued({}, march))).toEqual({ events: [] });
  });

  it('carries the closing balance forward over periods without a statement', () => {
    expect(eventsOf(issueStatement(statement(march), issued({})))).toHaveLength(1);
  });

  it('keeps currencies apart', () => {
    const euros = statement({ currency: 'EUR', documentSha256: hashOf('c') });
    expect(eventsOf(issueStatement(euros, issued({}, march)))).toHaveLength(1);
  });

  // Each row mends the fault of the row before.
  it.each([
    [
      'another document for an issued period',
      { period: '2026-03', documentSha256: hashOf('c') },
      'issued_statement_must_not_change',
    ],
    ['a period before the last', { period: '2026-02' }, 'statements_must_be_issued_in_order'],
    ['another opening', { period: '2026-04' }, 'statement_must_open_with_last_closing'],
    ['a wrong closing', { period: '2026-04', openingMinor: '950' }, 'statement_must_add_up'],
    [
      'an amount without lines',
      { period: '2026-04', openingMinor: '950', closingMinor: '1900', lineCount: 0 },
      'statement_must_add_up',
    ],
    [
      'another posting on payable that nobody made',
      { ...march, period: '2026-04', otherMinor: '-50', closingMinor: '900' },
      'statement_must_add_up',
    ],
    [
      'nothing wrong',
      { period: '2026-04', openingMinor: '950', closingMinor: '1900' },
      'StatementIssued',
    ],
  ])('judges %s', (_, changes, outcome) => {
    expect(outcomeOf(issueStatement(statement(changes), issued({}, march)))).toBe(outcome);
  });

  it('lets a payee owe: a negative balance is carried forward', () => {
    const state = issued({ linesMinor: '-950', closingMinor: '-950' });
    const next = statement({ period: '2026-02', openingMinor: '-950', closingMinor: '0' });
    expect(eventsOf(issueStatement(next, state))).toHaveLength(1);
  });

  it('says about how many bytes its state takes', () => {
    expect(payee.sizeOf(issued({}, march))).toBeGreaterThan(payee.sizeOf(payee.initial()));
  });
});
