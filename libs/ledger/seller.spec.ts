import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { ids, sold } from '../../test/support/market.ts';
import {
  enrolSeller,
  isEnrolledAt,
  isJoinedAt,
  joinSeller,
  leaveSeller,
  seller,
} from './seller.ts';

const { sellerId } = ids;
const early = { sellerId, ...at(on(1)) };
const soon = { sellerId, ...at(on(5)) };
const ahead = { sellerId, ...at('2027-01-01T00:00:00.000Z') };
const enrolled = [sold.joined(), sold.enrolled()];

describe('joining', () => {
  it('is recorded with its own time', () => {
    expect(joinSeller(soon, given(seller))).toEqual({
      events: [{ type: 'SellerJoined', data: { sellerId, occurredAt: on(5) } }],
    });
  });

  it('is refused ahead of the clock, then before the last fact', () => {
    expectLadder(
      { command: ahead },
      ({ command }) => joinSeller(command, given(seller, sold.joined(), sold.left(on(3)))),
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: early }],
      ['occurred_at_must_not_precede_last_fact', { command: soon }],
    );
  });

  it('changes nothing again, whatever the time, and works again after having left', () => {
    expect(outcomeOf(joinSeller(ahead, given(seller, ...enrolled)))).toBe('unchanged');
    const left = given(seller, ...enrolled, sold.left(on(5)));
    expect(outcomeOf(joinSeller(soon, left))).toBe('SellerJoined');
  });
});

describe('enrolling in the affiliate programme', () => {
  it('is recorded for a seller that has joined', () => {
    expect(outcomeOf(enrolSeller(soon, given(seller, sold.joined())))).toBe('SellerEnrolled');
  });

  it('is refused to one that has not joined, then ahead of the clock, then out of order', () => {
    expectLadder(
      { command: ahead, events: [] as Parameters<typeof seller.evolve>[1][] },
      ({ command, events }) => enrolSeller(command, given(seller, ...events)),
      ['seller_must_have_joined', { events: [...enrolled, sold.left(on(2))] }],
      ['seller_must_have_joined', { events: [sold.joined(on(3))] }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: early }],
      ['occurred_at_must_not_precede_last_fact', { command: soon }],
    );
  });

  it('changes nothing again', () => {
    expect(outcomeOf(enrolSeller(ahead, given(seller, ...enrolled)))).toBe('unchanged');
  });
});

describe('leaving', () => {
  it('ends both joining and enrolment from its own time on', () => {
    const state = given(seller, ...enrolled, sold.left(on(20)));
    expect([isJoinedAt(state, on(19)), isEnrolledAt(state, on(19))]).toEqual([true, true]);
    expect([isJoinedAt(state, on(20)), isEnrolledAt(state, on(20))]).toEqual([false, false]);
  });

  it('leaves a seller that comes back without enrolment until it enrols again', () => {
    const back = given(seller, ...enrolled, sold.left(on(20)), sold.joined(on(22)));
    expect([isJoinedAt(back, on(23)), isEnrolledAt(back, on(23))]).toEqual([true, false]);
    expect(outcomeOf(enrolSeller({ sellerId, ...at(on(24)) }, back))).toBe('SellerEnrolled');
  });

  it('is refused to a seller never seen, then ahead of the clock, then out of order', () => {
    expectLadder(
      { command: ahead, events: [] as Parameters<typeof seller.evolve>[1][] },
      ({ command, events }) => leaveSeller(command, given(seller, ...events)),
      ['seller_must_have_joined', { events: [sold.joined(on(3))] }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: early }],
      ['occurred_at_must_not_precede_last_fact', { command: soon }],
    );
  });

  it('changes nothing again', () => {
    expect(outcomeOf(leaveSeller(ahead, given(seller, sold.joined(), sold.left())))).toBe(
      'unchanged',
    );
  });
});
