// What a line of a feed is answered that could not be done: an outage is named, so that the line is
// sent again, and is told from a bug as it is where the order comes alone.
import { AppendTooLarge, OutcomeUnknown, StoreUnavailable } from '#event-store/port.ts';
import { TooManyAttempts } from '#event-store/transaction.ts';
import { failedAnswer } from './bulk-answer.ts';

it.each([
  [new OutcomeUnknown('no answer'), 'outcome_must_be_known'],
  [new StoreUnavailable('no leader'), 'store_must_be_available'],
  [new TooManyAttempts('promoCode-c1', 10, 'conflict'), 'store_must_be_available'],
  [new AppendTooLarge('2 MiB'), 'order_must_fit_one_append'],
  [new TypeError('of the service'), 'bug_must_be_reported'],
])('%s is told by its code', (error, code) => {
  expect(failedAnswer(7, error)).toEqual({ line: 7, outcome: 'failed', code });
});
