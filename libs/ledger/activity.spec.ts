import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { coded, ids, published, sold, terms } from '../../test/support/market.ts';
import type { EntryEvent } from './activity.events.ts';
import {
  acceptEntry,
  activity,
  applyToActivity,
  declineEntry,
  entry,
  publishActivity,
  taskWanted,
} from './activity.ts';
import { promoCode } from './promo-code.ts';
import { seller } from './seller.ts';

const { codeId, sellerId } = ids;
const activityId = 'SALE11';
const ahead = at('2027-01-01T00:00:00.000Z');
const own = { activityId, codeId };

const applied = (occurredAt = on(5)): EntryEvent => ({
  type: 'ActivityApplied',
  data: { ...own, sellerId, channel: 'sale11', terms, occurredAt },
});
const accepted = (occurredAt = on(6)): EntryEvent => ({
  type: 'ActivityApplicationAccepted',
  data: { ...own, occurredAt },
});
const declined = (occurredAt = on(6)): EntryEvent => ({
  type: 'ActivityApplicationDeclined',
  data: { ...own, reason: 'too late', occurredAt },
});

describe('publishing an activity', () => {
  const { occurredAt: _at, ...content } = published().data;
  const command = { ...content, ...at(on(1)) };

  it('records it', () => {
    expect(publishActivity(command, given(activity))).toEqual({ events: [published()] });
  });

  it('is refused ahead of the clock, and again with other content', () => {
    expect(outcomeOf(publishActivity({ ...command, ...ahead }, given(activity)))).toBe(
      'occurred_at_must_not_be_ahead_of_the_clock',
    );
    const state = given(activity, published());
    const others = [{ name: 'Twelve' }, { channel: 'other' }, { applicationClosesAt: on(16) }];
    for (const changes of others) {
      expect(outcomeOf(publishActivity({ ...command, ...changes }, state))).toBe(
        'activity_must_not_change',
      );
    }
  });

  it('changes nothing again', () => {
    const again = { ...command, ...ahead };
    expect(outcomeOf(publishActivity(again, given(activity, published())))).toBe('unchanged');
  });
});

describe('applying with a code', () => {
  const command = { ...own, sellerId, ...at(on(5)) };
  const enrolled = given(seller, sold.joined(), sold.enrolled());
  const code = given(promoCode, coded.created(), coded.planned(), coded.enabled());
  const related = { activity: given(activity, published()), code, seller: enrolled };

  it('records the channel and what the task is to say', () => {
    expect(applyToActivity(command, given(entry), related)).toEqual({ events: [applied()] });
    const asked = { samples: 'available' } as const;
    expect(applyToActivity({ ...command, terms: asked }, given(entry), related)).toMatchObject({
      events: [{ data: { terms: { ...terms, samples: 'available' } } }],
    });
  });

  it('is refused in this order', () => {
    const off = [coded.created(), coded.planned()];
    expectLadder(
      {
        command: { ...own, sellerId: 'another', ...ahead },
        state: given(entry, applied(on(6)), declined(on(7))),
        ...{ activity: given(activity), code: given(promoCode), seller: given(seller) },
      },
      (world) => applyToActivity(world.command, world.state, world),
      ['activity_must_exist', { activity: given(activity, published()) }],
      ['code_must_exist', { code: given(promoCode, ...off, coded.closed()) }],
      ['code_must_belong_to_seller', { command: { ...command, ...ahead } }],
      ['seller_must_be_in_affiliate_programme', { seller: enrolled }],
      ['code_must_not_be_closed', { code: given(promoCode, ...off) }],
      ['affiliate_switch_must_be_on', { code }],
      ['activity_must_take_applications', { command }],
      ['occurred_at_must_not_precede_last_fact', { command: { ...command, ...at(on(8)) } }],
    );
    expect(
      outcomeOf(
        applyToActivity({ ...command, occurredAt: on(5), now: on(4) }, given(entry), related),
      ),
    ).toBe('occurred_at_must_not_be_ahead_of_the_clock');
  });

  it('is possible to the last moment of the deadline', () => {
    const apply = (occurredAt: string) =>
      outcomeOf(applyToActivity({ ...command, ...at(occurredAt) }, given(entry), related));
    expect(apply(on(15))).toBe('ActivityApplied');
    expect(apply('2026-01-15T10:00:00.001Z')).toBe('activity_must_take_applications');
  });

  it('changes nothing while it waits or is accepted, and is judged anew once declined', () => {
    const again = { ...command, ...at(on(9)) };
    const judged = (...events: EntryEvent[]) =>
      outcomeOf(applyToActivity(again, given(entry, ...events), related));
    expect(judged(applied())).toBe('unchanged');
    expect(judged(applied(), accepted())).toBe('unchanged');
    expect(judged(applied(), declined())).toBe('ActivityApplied');
  });
});

describe('accepting and declining', () => {
  const accept = { ...own, ...at(on(6)) };
  const decline = { ...accept, reason: 'too late' };

  it('are recorded with their own times', () => {
    expect(acceptEntry(accept, given(entry, applied()))).toEqual({ events: [accepted()] });
    expect(declineEntry(decline, given(entry, applied()))).toEqual({ events: [declined()] });
  });

  it('are refused in this order', () => {
    expectLadder(
      { command: { ...accept, ...ahead }, state: given(entry) },
      (world) => acceptEntry(world.command, world.state),
      ['activity_application_must_exist', { state: given(entry, applied(), declined()) }],
      ['activity_application_must_be_pending', { state: given(entry, applied()) }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...accept, ...at(on(4)) } }],
      ['occurred_at_must_not_precede_last_fact', { command: accept }],
    );
    expectLadder(
      { command: { ...decline, ...ahead }, state: given(entry) },
      (world) => declineEntry(world.command, world.state),
      ['activity_application_must_exist', { state: given(entry, applied(), accepted()) }],
      ['activity_application_must_be_pending', { state: given(entry, applied()) }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...decline, ...at(on(4)) } }],
      ['occurred_at_must_not_precede_last_fact', { command: decline }],
    );
  });

  it('change nothing again', () => {
    const done = given(entry, applied(), accepted());
    expect(outcomeOf(acceptEntry({ ...accept, ...ahead }, done))).toBe('unchanged');
    const not = given(entry, applied(), declined());
    expect(outcomeOf(declineEntry({ ...decline, ...ahead }, not))).toBe('unchanged');
  });

  it('want the code’s task in the activity’s channel exactly once accepted', () => {
    const wanted = { ...own, taskId: 'SPRING.sale11', sellerId, channel: 'sale11', ...terms };
    expect(taskWanted(given(entry, applied(), accepted()))).toEqual({
      task: { ...wanted, origin: 'activity' },
      wantedAt: on(6),
    });
    expect(taskWanted(given(entry))).toBeNull();
    expect(taskWanted(given(entry, applied()))).toBeNull();
    expect(taskWanted(given(entry, applied(), declined()))).toBeNull();
  });
});
