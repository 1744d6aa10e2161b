import { given, type GivenEvent } from '#read-store/given.ts';
import { influencerTasks } from './projection.ts';
import { applications, submissions } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const stream = 'application-SPRING.default/ada';
const of = (day: number) => ({
  taskId: 'SPRING.default',
  influencerId: 'ada',
  occurredAt: at(day),
});
const judged = { ruleVersion: 1, judgedOn: [] };

const approved: readonly GivenEvent[] = [
  [stream, 'TaskApplied', of(1)],
  [stream, 'ApplicationApproved', { ...of(1), by: 'system', ...judged }],
];

test('an approved application awaits submission until content is submitted', () => {
  expect(given(influencerTasks, approved).of(applications)).toEqual([
    {
      influencerId: 'ada',
      taskId: 'SPRING.default',
      status: 'approved',
      reason: null,
      appliedAt: at(1),
      decidedAt: at(1),
      codesRequested: 0,
      submissions: 0,
      lastSubmittedAt: null,
    },
  ]);
  const rows = given(influencerTasks, [
    ...approved,
    [stream, 'ContentSubmitted', { ...of(3), contentId: 'v1', url: 'https://a.example/1' }],
    [stream, 'ContentSubmitted', { ...of(4), contentId: 'v2', url: 'https://a.example/2' }],
  ]);
  expect(rows.of(applications)).toMatchObject([{ submissions: 2, lastSubmittedAt: at(4) }]);
  expect(rows.of(submissions)).toMatchObject([
    { contentId: 'v1', url: 'https://a.example/1', submittedAt: at(3) },
    { contentId: 'v2', url: 'https://a.example/2', submittedAt: at(4) },
  ]);
});

test('a rejection has its reason until the influencer applies anew', () => {
  const rejected: readonly GivenEvent[] = [
    [stream, 'TaskApplied', of(1)],
    [stream, 'ApplicationRejected', { ...of(1), reason: 'influencer_suspended', ...judged }],
  ];
  expect(given(influencerTasks, rejected).of(applications)).toMatchObject([
    { status: 'rejected', reason: 'influencer_suspended', decidedAt: at(1) },
  ]);
  expect(
    given(influencerTasks, [...rejected, [stream, 'TaskApplied', of(2)]]).of(applications),
  ).toMatchObject([{ status: 'applied', reason: null, appliedAt: at(2), decidedAt: null }]);
});

test('counts the codes that were requested, over all requests', () => {
  const requested = (requestId: string, count: number): GivenEvent => [
    stream,
    'CodesRequested',
    { ...of(2), requestId, count, seed: '0'.repeat(32), judgedOn: [] },
  ];
  const rows = given(influencerTasks, [...approved, requested('r1', 3), requested('r2', 4)]);
  expect(rows.of(applications)).toMatchObject([{ codesRequested: 7, status: 'approved' }]);
});
