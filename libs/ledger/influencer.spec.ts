import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { known } from '../../test/support/market.ts';
import {
  influencer,
  isMemberAt,
  isSuspendedAt,
  registerInfluencer,
  reinstateInfluencer,
  releaseMember,
  signMember,
  suspendInfluencer,
  suspensionHold,
} from './influencer.ts';

const absent = given(influencer);
const ada = given(influencer, known.registered('ada'));
const agency = () => given(influencer, known.registered('agency', 'agency', on(3)));
const pair = { influencerId: 'agency', memberId: 'ada' };
const ahead = at('2027-01-01T00:00:00.000Z');

describe('registering', () => {
  const command = { influencerId: 'ada', kind: 'individual', ...at(on(5)) } as const;

  it('records an individual or an agency', () => {
    expect(registerInfluencer({ ...command, kind: 'agency' }, absent)).toEqual({
      events: [
        {
          type: 'InfluencerRegistered',
          data: { influencerId: 'ada', kind: 'agency', occurredAt: on(5) },
        },
      ],
    });
  });

  it('is refused as the other kind, and ahead of the clock', () => {
    const asAgency = { ...command, kind: 'agency' } as const;
    expect(outcomeOf(registerInfluencer(asAgency, ada))).toBe('influencer_must_not_change_kind');
    expect(outcomeOf(registerInfluencer({ ...command, ...ahead }, absent))).toBe(
      'occurred_at_must_not_be_ahead_of_the_clock',
    );
  });

  it('changes nothing again', () => {
    expect(outcomeOf(registerInfluencer({ ...command, ...ahead }, ada))).toBe('unchanged');
  });
});

describe('signing a member', () => {
  const sign = { ...pair, ...at(on(5)) };

  it('is recorded by an agency, for a registered individual', () => {
    expect(outcomeOf(signMember(sign, agency(), { member: ada }))).toBe('MemberSigned');
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...pair, ...ahead }, state: absent, member: absent },
      ({ command, state, member }) => signMember(command, state, { member }),
      ['influencer_must_be_registered', { state: given(influencer, known.registered('bea')) }],
      ['influencer_must_be_agency', { state: agency() }],
      ['member_must_be_registered', { member: agency() }],
      ['member_must_be_individual', { member: ada }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...pair, ...at(on(1)) } }],
      ['occurred_at_must_not_precede_last_fact', { command: sign }],
    );
  });

  it('changes nothing again', () => {
    const signed = given(
      influencer,
      known.registered('agency', 'agency'),
      known.signed('agency', 'ada'),
    );
    expect(outcomeOf(signMember({ ...pair, ...ahead }, signed, { member: ada }))).toBe('unchanged');
  });
});

describe('releasing a member', () => {
  const signed = () =>
    given(influencer, known.registered('agency', 'agency'), known.signed('agency', 'ada', on(4)));
  const release = { ...pair, ...at(on(10)) };

  it('ends the membership from its own time on', () => {
    expect(outcomeOf(releaseMember(release, signed()))).toBe('MemberReleased');
    const after = influencer.evolve(signed(), known.released('agency', 'ada', on(10)));
    expect([4, 9, 10].map((day) => isMemberAt(after, 'ada', on(day)))).toEqual([true, true, false]);
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...pair, ...ahead }, state: absent },
      ({ command, state }) => releaseMember(command, state),
      ['influencer_must_be_registered', { state: ada }],
      ['influencer_must_be_agency', { state: agency() }],
      ['member_must_be_signed', { state: signed() }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...pair, ...at(on(3)) } }],
      ['occurred_at_must_not_precede_last_fact', { command: release }],
    );
  });

  it('changes nothing again, and the member may be signed again', () => {
    const released = influencer.evolve(signed(), known.released('agency', 'ada', on(10)));
    expect(outcomeOf(releaseMember({ ...pair, ...ahead }, released))).toBe('unchanged');
    const again = { ...pair, ...at(on(11)) };
    expect(outcomeOf(signMember(again, released, { member: ada }))).toBe('MemberSigned');
  });
});

describe('suspending and reinstating', () => {
  const suspend = { influencerId: 'ada', reason: 'bought followers', ...at(on(10)) };
  const reinstate = { influencerId: 'ada', ...at(on(12)) };
  const suspended = given(influencer, known.registered('ada'), known.suspended('ada', on(10)));
  const over = given(
    influencer,
    known.registered('ada'),
    known.suspended('ada', on(10)),
    known.reinstated('ada', on(12)),
  );

  it('holds the new orders of payee and promoter, judged when they were paid', () => {
    const bea = given(influencer, known.registered('bea'));
    const held = { reason: 'influencer_suspended', by: 'rule:suspension' };
    expect([9, 10, 11, 12].map((day) => isSuspendedAt(over, on(day)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(suspensionHold(on(11), bea, over)).toEqual(held);
    expect(suspensionHold(on(11), over, absent)).toEqual(held);
    expect(suspensionHold(on(12), bea, over)).toBeUndefined();
  });

  it('are refused in this order', () => {
    const early = at(on(1, '09:00'));
    expectLadder(
      { command: { ...suspend, ...ahead }, state: absent },
      ({ command, state }) => suspendInfluencer(command, state),
      ['influencer_must_be_registered', { state: ada }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...suspend, ...early } }],
      ['occurred_at_must_not_precede_last_fact', { command: suspend }],
    );
    expectLadder(
      { command: { ...reinstate, ...ahead }, state: absent },
      ({ command, state }) => reinstateInfluencer(command, state),
      ['influencer_must_be_registered', { state: suspended }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...reinstate, ...at(on(9)) } }],
      ['occurred_at_must_not_precede_last_fact', { command: reinstate }],
    );
  });

  it('change nothing again', () => {
    expect(outcomeOf(suspendInfluencer({ ...suspend, ...ahead }, suspended))).toBe('unchanged');
    expect(outcomeOf(reinstateInfluencer({ ...reinstate, ...ahead }, over))).toBe('unchanged');
    expect(outcomeOf(reinstateInfluencer(reinstate, ada))).toBe('unchanged');
  });
});
