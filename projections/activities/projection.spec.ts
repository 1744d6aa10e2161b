import { given, type GivenEvent } from '#read-store/given.ts';
import { activitiesProjection } from './projection.ts';
import { activities, entries } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const terms = {
  samples: 'available',
  applicationClosesAt: at(8),
  submissionClosesAt: at(9),
} as const;
const applied = (codeId: string): GivenEvent => [
  `entry-sale/${codeId}`,
  'ActivityApplied',
  { activityId: 'sale', codeId, occurredAt: at(2), sellerId: 'connect', channel: 'spring', terms },
];

test('lists official activities', () => {
  const activity = {
    activityId: 'sale',
    name: 'Spring',
    channel: 'spring',
    applicationClosesAt: at(7),
  };
  const rows = given(activitiesProjection, [
    ['activity-sale', 'ActivityPublished', { ...activity, occurredAt: at(1) }],
  ]);
  expect(rows.of(activities)).toEqual([{ ...activity, publishedAt: at(1) }]);
});

test('lists what was applied for, how it was decided, and anew after a decline', () => {
  const rows = given(activitiesProjection, [
    applied('A'),
    applied('B'),
    applied('C'),
    [
      'entry-sale/B',
      'ActivityApplicationAccepted',
      { activityId: 'sale', codeId: 'B', occurredAt: at(3) },
    ],
    [
      'entry-sale/C',
      'ActivityApplicationDeclined',
      { activityId: 'sale', codeId: 'C', reason: 'full', occurredAt: at(3) },
    ],
  ]);
  expect(rows.of(entries)).toMatchObject([
    { codeId: 'A', status: 'applied', ...terms, appliedAt: at(2), decidedAt: null },
    { codeId: 'B', status: 'accepted', declinedReason: null, decidedAt: at(3) },
    { codeId: 'C', status: 'declined', declinedReason: 'full', decidedAt: at(3) },
  ]);
  const again = given(activitiesProjection, [
    applied('C'),
    [
      'entry-sale/C',
      'ActivityApplicationDeclined',
      { activityId: 'sale', codeId: 'C', reason: 'full', occurredAt: at(3) },
    ],
    applied('C'),
  ]);
  expect(again.of(entries)).toMatchObject([
    { status: 'applied', declinedReason: null, decidedAt: null },
  ]);
});
