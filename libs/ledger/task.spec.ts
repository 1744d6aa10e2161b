import fc from 'fast-check';
import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { coded, codeRules, ids, sold, tasked, terms } from '../../test/support/market.ts';
import type { PromoCodeEvent } from './promo-code.events.ts';
import { promoCode } from './promo-code.ts';
import type { SellerEvent } from './seller.events.ts';
import { seller } from './seller.ts';
import { defaultTaskWanted, joinCode, settleTask, task, termsOf } from './task.ts';
import type { TaskState } from './task.ts';

const { codeId, sellerId, taskId } = ids;
const absent = given(task);
const enrolled = given(seller, sold.joined(), sold.enrolled());
const ahead = at('2027-01-01T00:00:00.000Z');
const promotable = [coded.created(), coded.planned(), coded.enabled(on(2))];

describe('what a task says', () => {
  it('is no samples, and the end of the redemption window, unless it is told', () => {
    const { redeemableUntil } = codeRules;
    const usual = { samples: 'not_available', applicationClosesAt: redeemableUntil };
    expect(termsOf(codeRules)).toEqual({ ...usual, submissionClosesAt: null });
    const given = { samples: 'available', submissionClosesAt: on(9) } as const;
    expect(termsOf(codeRules, given)).toEqual({ ...usual, ...given });
  });
});

describe('joining a code by its id', () => {
  const command = { codeId, sellerId, ...at(on(5)) };
  const related = { code: given(promoCode, ...promotable), seller: enrolled };

  it('opens its task in the default channel', () => {
    expect(joinCode(command, absent, related)).toEqual({
      events: [tasked.opened({ origin: 'joined', occurredAt: on(5) })],
    });
  });

  it('is refused in this order', () => {
    const off = [coded.created(), coded.planned()];
    expectLadder(
      {
        command: { codeId, sellerId: 'another', ...ahead },
        ...{ code: given(promoCode), seller: given(seller) },
      },
      (world) => joinCode(world.command, absent, { code: world.code, seller: world.seller }),
      ['code_must_exist', { code: given(promoCode, ...off, coded.closed(on(3))) }],
      ['code_must_belong_to_seller', { command: { ...command, ...ahead } }],
      ['seller_must_be_in_affiliate_programme', { seller: enrolled }],
      ['code_must_not_be_closed', { code: given(promoCode, ...off) }],
      ['affiliate_switch_must_be_on', { code: given(promoCode, ...promotable) }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(1)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing when the code has its task, open or closed', () => {
    const again = { ...command, ...ahead };
    expect(outcomeOf(joinCode(again, given(task, tasked.opened()), related))).toBe('unchanged');
    const closed = given(task, tasked.opened(), tasked.closed());
    expect(outcomeOf(joinCode(again, closed, related))).toBe('unchanged');
  });
});

describe('settling a task', () => {
  const settled = (
    state: TaskState,
    codeEvents: readonly PromoCodeEvent[],
    sellerEvents: readonly SellerEvent[] = [sold.joined(), sold.enrolled()],
  ) => {
    const code = given(promoCode, ...codeEvents);
    const wanted = defaultTaskWanted(code);
    return settleTask(state, { wanted, code, seller: given(seller, ...sellerEvents) });
  };
  const switchedOn = [coded.created(), coded.planned(), coded.enabled(on(2), terms)];
  const open = given(task, tasked.opened({ occurredAt: on(2) }));

  it('opens the one that enabling wanted, from that moment', () => {
    expect(settled(absent, switchedOn)).toEqual({ events: [tasked.opened({ occurredAt: on(2) })] });
  });

  it('opens none that nobody wanted, and none that cannot be promoted', () => {
    expect(outcomeOf(settled(absent, promotable))).toBe('unchanged');
    expect(outcomeOf(settled(absent, [...switchedOn, coded.disabled()]))).toBe('unchanged');
    expect(outcomeOf(settled(absent, [...switchedOn, coded.closed()]))).toBe('unchanged');
  });

  it('opens one that was wanted while the switch was off when the switch is on again', () => {
    const again = [...switchedOn, coded.disabled(on(10)), coded.enabled(on(12))];
    expect(settled(absent, again)).toEqual({ events: [tasked.opened({ occurredAt: on(12) })] });
  });

  it.each([
    ['affiliate_disabled', [...switchedOn, coded.disabled(on(10))], [], on(10)],
    ['code_closed', [...switchedOn, coded.closed(on(11))], [], on(11)],
    ['seller_left', switchedOn, [sold.left(on(12))], on(12)],
    ['seller_left', [...switchedOn, coded.closed(on(12), 'seller_left')], [], on(12)],
  ] as const)('closes it: %s', (reason, codeEvents, left, occurredAt) => {
    expect(settled(open, codeEvents, [sold.joined(), sold.enrolled(), ...left])).toEqual({
      events: [{ type: 'TaskClosed', data: { taskId, reason, occurredAt } }],
    });
  });

  it('opens the same one again when the switch is on again', () => {
    const closed = given(task, tasked.opened(), tasked.closed(on(10)));
    const again = [...switchedOn, coded.disabled(on(10)), coded.enabled(on(12))];
    expect(settled(closed, again)).toEqual({ events: [tasked.reopened(on(12))] });
  });

  it('never dates a fact before the last one of the task', () => {
    const joinedLater = given(task, tasked.opened({ occurredAt: on(15) }));
    expect(settled(joinedLater, [...switchedOn, coded.disabled(on(10))])).toEqual({
      events: [tasked.closed(on(15))],
    });
  });

  it('changes nothing when it is done, whatever happened to code and seller', () => {
    const happening = fc.constantFrom<PromoCodeEvent | SellerEvent>(
      ...[coded.disabled(on(10)), coded.enabled(on(12), terms), coded.closed(on(14))],
      ...[sold.left(on(16)), sold.joined(on(18))],
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 6 }), (events) => {
        const isOfSeller = (event: PromoCodeEvent | SellerEvent): event is SellerEvent =>
          event.type.startsWith('Seller');
        const codeEvents = events.filter((event) => !isOfSeller(event)) as PromoCodeEvent[];
        const facts = [...switchedOn, ...codeEvents];
        const stays = [sold.joined(), sold.enrolled(), ...events.filter(isOfSeller)];
        for (const state of [absent, open]) {
          const { events: first } = settled(state, facts, stays);
          const after = first.reduce(task.evolve, state);
          expect(outcomeOf(settled(after, facts, stays))).toBe('unchanged');
        }
      }),
    );
  });
});
