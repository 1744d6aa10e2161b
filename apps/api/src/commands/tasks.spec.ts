// Activities, tasks, applications and issued codes over HTTP.
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import { codeBody, done, openCode, openMarket } from '../../../../test/support/market-over-http.ts';

describe('tasks', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
    await openCode(ledger, 'c1');
    const occurredAt = '2026-01-03T00:00:00.000Z';
    for (const [influencerId, kind] of [
      ['ada', 'individual'],
      ['bob', 'individual'],
      ['house', 'agency'],
    ])
      await done(ledger.post('/influencers', { influencerId, kind, occurredAt }));
    await done(ledger.post('/influencers/house/members', { memberId: 'bob', occurredAt }));
  });
  afterAll(() => ledger.close());

  const typesOf = async (stream: string) => (await ledger.stored(stream)).map(({ type }) => type);
  const refusal = async (sent: ReturnType<TestLedger['post']>) => {
    const { status, body } = await sent;
    return [status, body.code];
  };
  const apply = (influencerId: string, taskId = 'c1.default') =>
    ledger.post(`/tasks/${taskId}/applications`, { influencerId });

  it('approves an application by itself, and again without an event', async () => {
    const approved = {
      taskId: 'c1.default',
      influencerId: 'ada',
      outcome: 'approved',
      reason: null,
    };
    expect(await done(apply('ada'))).toEqual(approved);
    expect(await done(apply('ada'))).toEqual(approved);
    expect(await typesOf('application-c1.default/ada')).toEqual([
      'TaskApplied',
      'ApplicationApproved',
    ]);
    const [, review] = await ledger.stored('application-c1.default/ada');
    expect(review?.data).toEqual(
      expect.objectContaining({ judgedOn: ['task-c1.default@0', 'influencer-ada@0'] }),
    );
  });

  it('answers a rejection as an outcome with its reason', async () => {
    await openCode(ledger, 'c2');
    await done(ledger.post('/codes/c2/affiliate/disable'));
    expect(await done(apply('ada', 'c2.default'))).toEqual(
      expect.objectContaining({ outcome: 'rejected', reason: 'task_closed' }),
    );
    expect(await refusal(apply('ada', 'none.default'))).toEqual([404, 'task_must_exist']);
    expect(await refusal(apply('nobody'))).toEqual([404, 'influencer_must_be_registered']);
  });

  it('gives an individual one code, the same however often it asks', async () => {
    const codes = '/tasks/c1.default/applications/ada/codes';
    const first = await ledger.post(codes, { requestId: 'r1' });
    const again = await ledger.post(codes, { requestId: 'r1' });
    expect(first.body.texts).toEqual([expect.stringMatching(/^[A-Z0-9]{4,20}$/)]);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await refusal(ledger.post(codes, { requestId: 'r2' }))).toEqual([
      409,
      'individual_must_have_one_code_per_task',
    ]);
    expect(await refusal(ledger.post(codes, { requestId: 'r1', count: 2 }))).toEqual([
      409,
      'code_request_must_not_change',
    ]);
  });

  it('gives an agency as many as it wants, to hand to members that it signed', async () => {
    await done(apply('house'));
    const codes = '/tasks/c1.default/applications/house/codes';
    const { texts } = await done(ledger.post(codes, { requestId: 'r1', count: 3 }));
    expect(new Set(texts).size).toBe(3);
    const [text] = texts;
    const handed = { payeeId: 'house', promoterId: 'bob' };
    await done(ledger.post(`/issued-codes/${text.toLowerCase()}/assign`, handed));
    expect(
      await refusal(
        ledger.post(`/issued-codes/${text}/assign`, { payeeId: 'house', promoterId: 'ada' }),
      ),
    ).toEqual([409, 'member_must_be_signed']);
    const { body } = await ledger.get('/influencers/bob/codes');
    expect(body.items).toEqual([expect.objectContaining({ text, ...handed, status: 'issued' })]);
    await done(ledger.post(`/issued-codes/${text}/revoke`, { reason: 'leaked' }));
    const another = { payeeId: 'house', promoterId: 'ada' };
    expect(await refusal(ledger.post(`/issued-codes/${text}/assign`, another))).toEqual([
      409,
      'issued_code_must_not_be_revoked',
    ]);
    expect(await refusal(ledger.post('/issued-codes/NEVER1/revoke', { reason: 'x' }))).toEqual([
      404,
      'text_must_be_issued',
    ]);
  });

  it('moves from awaiting submission to submitted to ended', async () => {
    const tab = async (name: string) => {
      const { body } = await ledger.get(`/tasks?tab=${name}&influencerId=ada`);
      return body.items.map(({ taskId }: { taskId: string }) => taskId);
    };
    await openCode(ledger, 'c3');
    await done(apply('ada', 'c3.default'));
    expect(await tab('awaiting_submission')).toContain('c3.default');
    const content = { contentId: 'post1', url: 'https://example.org/post/1' };
    await done(ledger.post('/tasks/c3.default/applications/ada/content', content));
    expect(await tab('submitted')).toEqual(['c3.default']);
    await done(ledger.post('/codes/c3/close'));
    expect(await tab('submitted')).toEqual([]);
    expect(await tab('ended')).toEqual(['c3.default']);
    const { body } = await ledger.get('/tasks/c3.default?influencerId=ada');
    expect(body.content).toEqual([{ ...content, submittedAt: expect.any(String) }]);
    expect(
      await refusal(
        ledger.post('/tasks/c3.default/applications/ada/content', {
          contentId: 'post1',
          url: 'https://example.org/post/2',
        }),
      ),
    ).toEqual([409, 'content_must_not_change']);
    expect(
      await ledger.post('/tasks/c3.default/applications/ada/content', {
        contentId: 'post2',
        url: 'javascript:alert(1)',
      }),
    ).toEqual(expect.objectContaining({ status: 400 }));
  });

  it('opens the task of an accepted application in the channel of the activity', async () => {
    await done(ledger.post('/codes', codeBody('c4')));
    await done(
      ledger.post('/codes/c4/affiliate/enable', { reward: { kind: 'rate', rateBps: 100 } }),
    );
    const activity = {
      activityId: 'winter26',
      name: 'Winter festival',
      channel: 'winter',
      applicationClosesAt: '2026-01-31T23:59:59.000Z',
    };
    await done(ledger.post('/activities', activity));
    const entry = { codeId: 'c4', sellerId: 'seller1' };
    await done(ledger.post('/activities/winter26/entries', entry));
    const applied = async () => (await ledger.get('/sellers/seller1/activities')).body.items;
    expect(await applied()).toEqual([
      expect.objectContaining({ activityId: 'winter26', codeId: 'c4', status: 'applied' }),
    ]);
    const { body: activities } = await ledger.get('/activities');
    expect(activities.items).toEqual([{ ...activity, publishedAt: expect.any(String) }]);
    await done(ledger.post('/activities/winter26/entries/c4/decline', { reason: 'too small' }));
    await done(ledger.post('/activities/winter26/entries', entry));
    await done(ledger.post('/activities/winter26/entries/c4/accept'));
    expect(await applied()).toEqual([expect.objectContaining({ status: 'accepted' })]);
    const { body: task } = await ledger.get('/tasks/c4.winter');
    expect([task.status, task.origin, task.activityId]).toEqual(['open', 'activity', 'winter26']);
    expect(await refusal(ledger.post('/activities/none/entries', entry))).toEqual([
      404,
      'activity_must_exist',
    ]);
    expect(await refusal(ledger.post('/activities/winter26/entries/c9/accept'))).toEqual([
      404,
      'activity_application_must_exist',
    ]);
  });
});
