import { given } from '#read-store/given.ts';
import { influencersProjection } from './projection.ts';
import { influencers, members } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;

test('knows who is suspended, why, and who was reinstated', () => {
  const rows = given(influencersProjection, [
    [
      'influencer-ada',
      'InfluencerRegistered',
      { influencerId: 'ada', kind: 'individual', occurredAt: at(1) },
    ],
    [
      'influencer-bob',
      'InfluencerRegistered',
      { influencerId: 'bob', kind: 'agency', occurredAt: at(1) },
    ],
    [
      'influencer-ada',
      'InfluencerSuspended',
      { influencerId: 'ada', reason: 'fraud?', occurredAt: at(2) },
    ],
    [
      'influencer-bob',
      'InfluencerSuspended',
      { influencerId: 'bob', reason: 'late', occurredAt: at(2) },
    ],
    ['influencer-bob', 'InfluencerReinstated', { influencerId: 'bob', occurredAt: at(3) }],
  ]);
  expect(rows.of(influencers)).toMatchObject([
    {
      influencerId: 'ada',
      suspended: 1,
      suspendedAt: at(2),
      suspensionReason: 'fraud?',
      reinstatedAt: null,
    },
    {
      influencerId: 'bob',
      kind: 'agency',
      suspended: 0,
      suspensionReason: 'late',
      reinstatedAt: at(3),
    },
  ]);
});

test("lists an agency's members, those released with the time, those signed again without", () => {
  const signed = (memberId: string, day: number) =>
    [
      'influencer-bob',
      'MemberSigned',
      { influencerId: 'bob', memberId, occurredAt: at(day) },
    ] as const;
  const released = (memberId: string, day: number) =>
    [
      'influencer-bob',
      'MemberReleased',
      { influencerId: 'bob', memberId, occurredAt: at(day) },
    ] as const;
  const rows = given(influencersProjection, [
    signed('ada', 1),
    signed('eve', 1),
    released('ada', 2),
    released('eve', 2),
    signed('eve', 3),
  ]);
  expect(rows.of(members)).toEqual([
    { agencyId: 'bob', memberId: 'ada', signedAt: at(1), releasedAt: at(2) },
    { agencyId: 'bob', memberId: 'eve', signedAt: at(3), releasedAt: null },
  ]);
});
