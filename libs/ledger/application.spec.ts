import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { ids, known, tasked } from '../../test/support/market.ts';
import type { ApplicationEvent } from './application.events.ts';
import {
  application,
  applyForTask,
  requestCodes,
  requestsOf,
  submitContent,
} from './application.ts';
import { influencer } from './influencer.ts';
import { task } from './task.ts';

const { taskId } = ids;
const influencerId = 'ada';
const own = { taskId, influencerId };
const ahead = at('2027-01-01T00:00:00.000Z');
const open = given(task, tasked.opened({ occurredAt: on(2) }));
const shut = given(task, tasked.opened({ occurredAt: on(2) }), tasked.closed(on(4)));
const ada = given(influencer, known.registered(influencerId));
const agency = given(influencer, known.registered(influencerId, 'agency'));
const suspended = given(
  influencer,
  known.registered(influencerId),
  known.suspended(influencerId, on(3)),
);
const absent = () => given(application);

const applied = (occurredAt = on(5)): ApplicationEvent[] => [
  { type: 'TaskApplied', data: { ...own, occurredAt } },
];
const approved = (occurredAt = on(5)): ApplicationEvent[] => [
  ...applied(occurredAt),
  {
    type: 'ApplicationApproved',
    data: { ...own, by: 'system', ruleVersion: 1, judgedOn: [], occurredAt },
  },
];
const rejected = (occurredAt = on(5)): ApplicationEvent[] => [
  ...applied(occurredAt),
  {
    type: 'ApplicationRejected',
    data: { ...own, reason: 'task_closed', ruleVersion: 1, judgedOn: [], occurredAt },
  },
];

describe('applying for a task', () => {
  const command = { ...own, judgedOn: ['task-SPRING.default@0'], ...at(on(5)) };

  it('is approved by the system at once', () => {
    const { now: _now, judgedOn, ...data } = command;
    expect(applyForTask(command, absent(), { task: open, influencer: ada })).toEqual({
      events: [
        { type: 'TaskApplied', data },
        { type: 'ApplicationApproved', data: { ...data, judgedOn, by: 'system', ruleVersion: 1 } },
      ],
    });
  });

  it('is rejected for the first of these', () => {
    const reasonOf = (occurredAt: string, state: typeof open, who: typeof ada) => {
      const decision = applyForTask({ ...command, ...at(occurredAt) }, absent(), {
        task: state,
        influencer: who,
      });
      return 'events' in decision ? decision.events[1] : decision;
    };
    const rejectedFor = (reason: string) => ({ type: 'ApplicationRejected', data: { reason } });
    const late = '2026-01-31T10:00:00.001Z';
    expect(reasonOf(late, shut, suspended)).toMatchObject(rejectedFor('deadline_passed'));
    expect(reasonOf(on(31), shut, suspended)).toMatchObject(rejectedFor('influencer_suspended'));
    expect(reasonOf(on(31), shut, ada)).toMatchObject(rejectedFor('task_closed'));
    expect(reasonOf(on(31), open, ada)).toMatchObject({ type: 'ApplicationApproved' });
  });

  it('is refused in this order', () => {
    expectLadder(
      {
        command: { ...command, ...ahead },
        ...{ state: absent(), task: given(task), influencer: given(influencer) },
      },
      (world) => applyForTask(world.command, world.state, world),
      ['task_must_exist', { task: open }],
      ['influencer_must_be_registered', { influencer: ada }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(1)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
    const earlier = { ...command, ...at(on(4)) };
    expect(
      outcomeOf(
        applyForTask(earlier, given(application, ...rejected()), { task: open, influencer: ada }),
      ),
    ).toBe('occurred_at_must_not_precede_last_fact');
  });

  it('changes nothing while approved, and is judged anew after a rejection', () => {
    const again = { ...command, ...at(on(6)) };
    const related = { task: open, influencer: ada };
    expect(outcomeOf(applyForTask(again, given(application, ...approved()), related))).toBe(
      'unchanged',
    );
    expect(outcomeOf(applyForTask(again, given(application, ...rejected()), related))).toBe(
      'TaskApplied, ApplicationApproved',
    );
  });
});

describe('asking for codes', () => {
  const seed = '0'.repeat(32);
  const command = { ...own, requestId: 'r1', count: 1, seed, judgedOn: [], ...at(on(6)) };
  const requested = (requestId: string, count = 1): ApplicationEvent => ({
    type: 'CodesRequested',
    data: { ...own, requestId, count, seed, judgedOn: [], occurredAt: on(6) },
  });
  const allowed = () => given(application, ...approved());
  const related = { task: open, influencer: ada };

  it('is recorded with its seed', () => {
    expect(requestCodes(command, allowed(), related)).toEqual({ events: [requested('r1')] });
    const state = given(application, ...approved(), requested('r1'));
    expect(requestsOf(state)).toEqual([{ requestId: 'r1', count: 1, seed, occurredAt: on(6) }]);
  });

  it('is refused in this order', () => {
    expectLadder(
      {
        command: { ...command, count: 2, ...ahead },
        state: absent(),
        ...{ task: shut, influencer: suspended },
      },
      (world) => requestCodes(world.command, world.state, world),
      ['application_must_be_approved', { state: given(application, ...rejected()) }],
      ['application_must_be_approved', { state: allowed() }],
      ['individual_must_have_one_code_per_task', { command: { ...command, ...ahead } }],
      ['influencer_must_not_be_suspended', { influencer: ada }],
      ['task_must_be_open', { task: open }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(4)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('gives an individual one code for a task, ever', () => {
    const state = given(application, ...approved(), requested('r1'));
    const another = { ...command, requestId: 'r2' };
    expect(outcomeOf(requestCodes(another, state, related))).toBe(
      'individual_must_have_one_code_per_task',
    );
  });

  it('gives an agency as many as it asks for, as often as it asks', () => {
    const state = given(application, ...approved(), requested('r1', 1_000));
    const another = { ...command, requestId: 'r2', count: 1_000 };
    const asked = requestCodes(another, state, { task: open, influencer: agency });
    expect(outcomeOf(asked)).toBe('CodesRequested');
  });

  it('changes nothing again, whatever happened since, and keeps the first seed', () => {
    const state = given(application, ...approved(), requested('r1'));
    const again = { ...command, seed: 'f'.repeat(32), ...ahead };
    const gone = { task: shut, influencer: suspended };
    expect(outcomeOf(requestCodes(again, state, gone))).toBe('unchanged');
    expect(requestsOf(state).map((request) => request.seed)).toEqual([seed]);
    expect(outcomeOf(requestCodes({ ...again, count: 2 }, state, gone))).toBe(
      'code_request_must_not_change',
    );
  });
});

describe('submitting content', () => {
  const content = { contentId: 'c1', url: 'https://feed.example/1' };
  const command = { ...own, ...content, ...at(on(6)) };
  const submitted: ApplicationEvent = {
    type: 'ContentSubmitted',
    data: { ...own, ...content, occurredAt: on(6) },
  };

  it('is recorded, also long after every deadline', () => {
    const state = given(application, ...approved());
    expect(submitContent(command, state)).toEqual({ events: [submitted] });
    const late = { ...command, ...at('2026-05-31T00:00:00.000Z') };
    expect(outcomeOf(submitContent(late, state))).toBe('ContentSubmitted');
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...command, ...ahead }, state: absent() },
      (world) => submitContent(world.command, world.state),
      ['application_must_be_approved', { state: given(application, ...rejected()) }],
      ['application_must_be_approved', { state: given(application, ...approved()) }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { ...command, ...at(on(4)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing again, and is refused again with another address', () => {
    const state = given(application, ...approved(), submitted);
    expect(outcomeOf(submitContent({ ...command, ...ahead }, state))).toBe('unchanged');
    expect(outcomeOf(submitContent({ ...command, url: 'https://feed.example/2' }, state))).toBe(
      'content_must_not_change',
    );
  });
});
