import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { claim, issued, known } from '../../test/support/market.ts';
import { influencer } from './influencer.ts';
import { assignCode, claimText, holderAt, issuedCode, revokeCode } from './issued-code.ts';

const { text } = claim;
const absent = given(issuedCode);
const taken = given(issuedCode, issued.issued());
const agency = () =>
  given(
    influencer,
    ...[known.registered('agency', 'agency'), known.signed('agency', 'ada')],
    known.signed('agency', 'bea'),
  );
const ada = given(influencer, known.registered('ada'));
const ahead = at('2027-01-01T00:00:00.000Z');

describe('claiming a text', () => {
  const command = { ...claim, occurredAt: on(2) };

  it('issues the code', () => {
    expect(claimText(command, absent)).toEqual({ events: [{ type: 'CodeIssued', data: command }] });
  });

  it('changes nothing when it is its own already, whatever the time', () => {
    expect(outcomeOf(claimText({ ...command, occurredAt: on(9) }, taken))).toBe('unchanged');
  });

  it.each([
    ['payee', { payeeId: 'bea' }],
    ['task', { taskId: 'SUMMER.default' }],
    ['request', { requestId: 'r2' }],
    ['place in the request', { index: 1 }],
  ])('is refused to another %s', (_what, changes) => {
    expect(outcomeOf(claimText({ ...command, ...changes }, taken))).toBe('text_must_not_be_taken');
  });

  it('is refused for ever, also once the text is revoked', () => {
    const revoked = given(issuedCode, issued.issued(), issued.revoked());
    expect(outcomeOf(claimText({ ...command, index: 1 }, revoked))).toBe('text_must_not_be_taken');
  });
});

describe('handing a code to a member', () => {
  const command = { text, payeeId: 'agency', promoterId: 'ada', ...at(on(5)) };

  it('makes it the promoter from then on', () => {
    expect(assignCode(command, taken, { payee: agency(), promoter: ada })).toEqual({
      events: [
        {
          type: 'CodeAssigned',
          data: { text, payeeId: 'agency', promoterId: 'ada', occurredAt: on(5) },
        },
      ],
    });
    const handed = given(
      issuedCode,
      ...[issued.issued(), issued.assigned('ada', on(5)), issued.assigned('bea', on(8))],
    );
    const promoters = [4, 5, 7, 8].map((day) => holderAt(handed, on(day))?.promoterId);
    expect(promoters).toEqual([null, 'ada', 'ada', 'bea']);
  });

  it('is refused in this order', () => {
    const suspended = given(influencer, known.registered('ada'), known.suspended('ada', on(1)));
    const individual = given(influencer, known.registered('agency'));
    expectLadder(
      {
        command: { ...command, payeeId: 'bea', ...at(on(1)) },
        ...{ state: absent, payee: individual, promoter: suspended },
      },
      ({ command, state, payee, promoter }) => assignCode(command, state, { payee, promoter }),
      ['text_must_be_issued', { state: given(issuedCode, issued.issued(), issued.revoked(on(3))) }],
      ['code_must_belong_to_payee', { command: { ...command, ...at(on(1)) } }],
      ['issued_code_must_not_be_revoked', { state: taken }],
      ['payee_must_be_agency', { payee: agency() }],
      ['member_must_be_signed', { command: { ...command, ...ahead } }],
      ['influencer_must_not_be_suspended', { promoter: ada }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command }],
      [
        'CodeAssigned',
        { state: given(issuedCode, issued.issued(), issued.assigned('bea', on(6))) },
      ],
      ['occurred_at_must_not_precede_last_fact', { command: { ...command, ...at(on(6)) } }],
    );
  });

  it('changes nothing while it is that member’s already, also once revoked', () => {
    const related = { payee: given(influencer), promoter: given(influencer) };
    const handed = given(issuedCode, issued.issued(), issued.assigned('ada'));
    expect(outcomeOf(assignCode({ ...command, ...ahead }, handed, related))).toBe('unchanged');
    const revoked = issuedCode.evolve(handed, issued.revoked());
    expect(outcomeOf(assignCode(command, revoked, related))).toBe('unchanged');
  });

  it('is possible only while the member is signed', () => {
    const released = influencer.evolve(agency(), known.released('agency', 'ada', on(5)));
    expect(outcomeOf(assignCode(command, taken, { payee: released, promoter: ada }))).toBe(
      'member_must_be_signed',
    );
  });
});

describe('revoking a code', () => {
  const command = { text, reason: 'left the agency', ...at(on(20)) };

  it('leads nowhere from then on', () => {
    expect(revokeCode(command, taken)).toEqual({ events: [issued.revoked(on(20))] });
    const revoked = given(issuedCode, issued.issued(), issued.revoked(on(20)));
    expect(holderAt(revoked, on(19))?.payeeId).toBe('agency');
    expect(holderAt(revoked, on(20))).toBeNull();
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...command, ...ahead }, state: absent },
      (world) => revokeCode(world.command, world.state),
      ['text_must_be_issued', { state: taken }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(1)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing again', () => {
    const revoked = given(issuedCode, issued.issued(), issued.revoked());
    expect(outcomeOf(revokeCode({ ...command, ...ahead }, revoked))).toBe('unchanged');
  });
});
