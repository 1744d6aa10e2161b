import { at, given, NOW, on } from '../../test/support/given.ts';
import { unstorable } from './limits.ts';
import type { SubmittedOrder } from './limits.ts';
import type { OrderLine } from './order-content.ts';
import { programme } from './programme.ts';

const rules = given(programme, {
  type: 'ProgrammeRulesSet',
  data: {
    ...{ version: 1, firstPeriod: '2026-01', graceHours: 72, holdDays: 7 },
    ...{ confirmationLimitDays: 180, occurredAt: on(1) },
  },
});
const line = (lineId: string, listMinor = '100', paidMinor = '100'): OrderLine => ({
  ...{ lineId, productId: 'p1', quantity: 1 },
  ...{ listMinor, paidMinor },
});
const order = (lines: OrderLine[], changes: Partial<SubmittedOrder> = {}, paidAt = on(5)) => ({
  content: { sellerId: 'connect', orderId: 'o1', text: null, currency: 'USD', paidAt, lines },
  now: NOW,
  ...changes,
});
const turnedAway = (submitted: SubmittedOrder) => unstorable(submitted, rules)?.refused;
const LARGEST = String(10n ** 15n);

describe('an order that is turned away without a trace', () => {
  it('is refused for the first of these', () => {
    const tomorrow = at('2026-06-02T00:00:00.000Z').occurredAt;
    const twice = [line('1', LARGEST, '0'), line('1', '1', '0')];
    const worst = order(twice, { confirmedAt: tomorrow }, tomorrow);
    expect(unstorable(worst, given(programme))?.refused).toBe('programme_rules_must_be_set');
    expect(turnedAway(worst)).toBe('paid_at_must_not_be_ahead_of_the_clock');
    expect(turnedAway(order(twice, { confirmedAt: tomorrow }))).toBe(
      'confirmed_at_must_not_be_ahead_of_the_clock',
    );
    expect(turnedAway(order(twice))).toBe('line_ids_must_be_distinct');
    expect(turnedAway(order([line('1', LARGEST, '0'), line('2', '1', '0')]))).toBe(
      'order_amount_must_be_within_limit',
    );
  });

  it('is worth more than 10^15 minor units, by what it lists or by what was paid', () => {
    const largest = [line('1', LARGEST, LARGEST)];
    expect(turnedAway(order(largest, { confirmedAt: on(5) }))).toBeUndefined();
    expect(unstorable(order([line('1', '0', LARGEST), line('2', '0', '1')]), rules)).toEqual({
      refused: 'order_amount_must_be_within_limit',
      details: { field: 'paidMinor', totalMinor: '1000000000000001', limitMinor: LARGEST },
    });
  });
});
