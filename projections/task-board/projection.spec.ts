import { given } from '#read-store/given.ts';
import { taskBoard } from './projection.ts';
import { tasks } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const opened = {
  taskId: 'SPRING.default',
  codeId: 'SPRING',
  sellerId: 'connect',
  channel: 'default',
  origin: 'default_channel',
  activityId: null,
  samples: 'not_available',
  applicationClosesAt: at(9),
  submissionClosesAt: null,
  occurredAt: at(1),
} as const;

test('lists a task with its terms under the tab of store promo codes', () => {
  const rows = given(taskBoard, [['task-SPRING.default', 'TaskOpened', opened]]);
  const { occurredAt, ...terms } = opened;
  expect(rows.of(tasks)).toEqual([
    {
      ...terms,
      taskType: 'store_promo_code',
      status: 'open',
      closedReason: null,
      openedAt: occurredAt,
      changedAt: occurredAt,
    },
  ]);
});

test('a closed task says why, a reopened one is the same task', () => {
  const closed = [
    ['task-SPRING.default', 'TaskOpened', opened],
    [
      'task-SPRING.default',
      'TaskClosed',
      { taskId: 'SPRING.default', reason: 'affiliate_disabled', occurredAt: at(2) },
    ],
  ] as const;
  expect(given(taskBoard, closed).of(tasks)).toMatchObject([
    { status: 'closed', closedReason: 'affiliate_disabled', openedAt: at(1), changedAt: at(2) },
  ]);
  const reopened = { taskId: 'SPRING.default', occurredAt: at(3) };
  expect(
    given(taskBoard, [...closed, ['task-SPRING.default', 'TaskReopened', reopened]]).of(tasks),
  ).toMatchObject([{ status: 'open', closedReason: null, openedAt: at(1), changedAt: at(3) }]);
});
