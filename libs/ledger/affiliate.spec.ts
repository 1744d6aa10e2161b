import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { coded, ids, sold, terms } from '../../test/support/market.ts';
import {
  changeRewardPlan,
  disableAffiliate,
  enableAffiliate,
  pinned,
  planAt,
} from './affiliate.ts';
import type { PromoCodeEvent } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import { seller } from './seller.ts';

const { codeId } = ids;
const absent = given(promoCode);
const created = coded.created();
const enrolled = given(seller, sold.joined(), sold.enrolled());
const related = { seller: enrolled };
const ahead = at('2027-01-01T00:00:00.000Z');
const tenPercent = { kind: 'rate', rateBps: 1_000 } as const;
const fee = { kind: 'fixed_fee', feeMinor: '250' } as const;

describe('enabling the affiliate switch', () => {
  const command = { codeId, defaultChannel: terms, ...at(on(5)) };
  const enabled = {
    type: 'AffiliateEnabled',
    data: { codeId, defaultChannel: terms, occurredAt: on(5) },
  };

  it('needs a reward plan in force', () => {
    expect(enableAffiliate(command, given(promoCode, created, coded.planned()), related)).toEqual({
      events: [enabled],
    });
  });

  it('may bring the first plan, in force from the same moment', () => {
    const planned = { codeId, version: 1, terms: fee, effectiveFrom: on(5), occurredAt: on(5) };
    expect(
      enableAffiliate({ ...command, reward: fee }, given(promoCode, created), related),
    ).toEqual({
      events: [{ type: 'RewardPlanChanged', data: planned }, enabled],
    });
  });

  it('changes a plan that it brings only if its terms are others', () => {
    const state = given(promoCode, created, coded.planned());
    const brings = (reward: typeof fee | typeof tenPercent) =>
      outcomeOf(enableAffiliate({ ...command, reward }, state, related));
    expect(brings(tenPercent)).toBe('AffiliateEnabled');
    expect(brings(fee)).toBe('RewardPlanChanged, AffiliateEnabled');
  });

  it('is refused in this order', () => {
    const earlier = { ...command, ...at(on(3)) };
    const off = [created, coded.enabled(on(2)), coded.disabled(on(4))];
    const stranger = given(seller);
    expectLadder(
      { command: earlier, state: absent, seller: stranger },
      (world) => enableAffiliate(world.command, world.state, { seller: world.seller }),
      ['code_must_exist', { state: given(promoCode, ...off, coded.closed(on(6))) }],
      ['code_must_not_be_closed', { state: given(promoCode, ...off) }],
      ['seller_must_be_in_affiliate_programme', { seller: given(seller, sold.joined()) }],
      ['seller_must_be_in_affiliate_programme', { seller: enrolled }],
      ['occurred_at_must_not_precede_last_fact', { command: { ...command, ...ahead } }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command }],
      [
        'reward_plan_must_be_in_force',
        { state: given(promoCode, ...off, coded.planned(1, 500, on(6))) },
      ],
      [
        'reward_plan_must_be_in_force',
        { state: given(promoCode, ...off, coded.planned(1, 500, on(5))) },
      ],
    );
  });

  it('may not bring a plan dated before the last change of the plan', () => {
    const changed: PromoCodeEvent = {
      type: 'RewardPlanChanged',
      data: { codeId, version: 1, terms: fee, effectiveFrom: on(9), occurredAt: on(9) },
    };
    const state = given(promoCode, created, changed);
    expect(outcomeOf(enableAffiliate({ ...command, reward: tenPercent }, state, related))).toBe(
      'occurred_at_must_not_precede_last_fact',
    );
  });

  it('changes nothing while it is on, whatever it brings', () => {
    const state = given(promoCode, created, coded.planned(), coded.enabled(on(2)));
    const again = { ...command, ...ahead, reward: fee };
    expect(outcomeOf(enableAffiliate(again, state, related))).toBe('unchanged');
  });
});

describe('disabling it', () => {
  const command = { codeId, ...at(on(10)) };
  const enabled = [created, coded.planned(), coded.enabled(on(5))];

  it('is recorded with its own time', () => {
    expect(disableAffiliate(command, given(promoCode, ...enabled))).toEqual({
      events: [{ type: 'AffiliateDisabled', data: { codeId, occurredAt: on(10) } }],
    });
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { codeId, ...ahead }, state: absent },
      (world) => disableAffiliate(world.command, world.state),
      ['code_must_exist', { state: given(promoCode, ...enabled, coded.closed(on(9))) }],
      ['code_must_not_be_closed', { state: given(promoCode, ...enabled) }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { codeId, ...at(on(4)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing while it is off', () => {
    const off = given(promoCode, ...enabled, coded.disabled());
    expect(outcomeOf(disableAffiliate({ codeId, ...ahead }, off))).toBe('unchanged');
    expect(outcomeOf(disableAffiliate(command, given(promoCode, created)))).toBe('unchanged');
  });
});

describe('changing the reward plan', () => {
  const command = { codeId, terms: fee, effectiveFrom: on(12), ...at(on(10)) };

  it('makes the next version, in force from then on or from now', () => {
    const state = given(promoCode, created, coded.planned());
    const data = { codeId, version: 2, terms: fee, occurredAt: on(10) };
    expect(changeRewardPlan(command, state)).toEqual({
      events: [{ type: 'RewardPlanChanged', data: { ...data, effectiveFrom: on(12) } }],
    });
    expect(changeRewardPlan({ codeId, terms: fee, ...at(on(10)) }, state)).toEqual({
      events: [{ type: 'RewardPlanChanged', data: { ...data, effectiveFrom: on(10) } }],
    });
  });

  it('is refused in this order', () => {
    const backwards = { ...command, effectiveFrom: on(9) };
    const state = given(promoCode, created, coded.planned());
    expectLadder(
      { command: { ...backwards, ...ahead }, state: absent },
      (world) => changeRewardPlan(world.command, world.state),
      ['code_must_exist', { state: given(promoCode, created, coded.closed()) }],
      ['code_must_not_be_closed', { state }],
      [
        'occurred_at_must_not_be_ahead_of_the_clock',
        { command: { ...backwards, ...at(on(1, '09:00')) } },
      ],
      ['occurred_at_must_not_precede_last_fact', { command: backwards }],
      [
        'effective_from_must_not_precede_occurred_at',
        { command: { ...command, effectiveFrom: on(10) } },
      ],
    );
  });

  it('changes nothing when the same terms are in force then', () => {
    const state = given(promoCode, created, coded.planned());
    const same = { ...command, terms: tenPercent };
    expect(outcomeOf(changeRewardPlan({ ...same, ...ahead }, state))).toBe('unchanged');
    const fixed = given(promoCode, created, coded.planned(1, fee));
    expect(outcomeOf(changeRewardPlan(command, fixed))).toBe('unchanged');
    const more = { ...command, terms: { ...fee, feeMinor: '251' } };
    expect(outcomeOf(changeRewardPlan(more, fixed))).toBe('RewardPlanChanged');
    expect(outcomeOf(changeRewardPlan(same, fixed))).toBe('RewardPlanChanged');
    const scheduled = given(promoCode, created, coded.planned(), coded.planned(2, 500, on(11)));
    expect(outcomeOf(changeRewardPlan(same, scheduled))).toBe('RewardPlanChanged');
  });
});

describe('the plan in force', () => {
  const version = (n: number, effectiveFrom: string) => ({
    ...{ version: n, terms: { kind: 'rate', rateBps: n } as const },
    ...{ effectiveFrom, occurredAt: on(1) },
  });

  it('has the largest effectiveFrom at or before the moment', () => {
    const plans = [version(1, on(1)), version(2, on(20)), version(3, on(10))];
    const inForce = [1, 9, 10, 19, 20].map((day) => planAt(plans, on(day))?.version);
    expect(inForce).toEqual([1, 1, 3, 3, 2]);
    expect(planAt(plans, on(1, '09:59'))).toBeUndefined();
  });

  it('is the later version on a tie', () => {
    expect(planAt([version(1, on(5)), version(2, on(5))], on(6))?.version).toBe(2);
  });

  it('is pinned with the rule by which it rounds', () => {
    expect(pinned(version(3, on(1)))).toEqual({
      version: 3,
      rounding: 1,
      kind: 'rate',
      rateBps: 3,
    });
  });
});
