// Sellers, influencers and codes over HTTP: what is done, refused, and quiet when it was done
// already.
import { bootLedger, type TestLedger } from '../../../../test/support/boot-ledger.ts';
import {
  codeBody,
  done,
  openCode,
  openMarket,
  RULES,
} from '../../../../test/support/market-over-http.ts';

describe('the market', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
    await openMarket(ledger);
  });
  afterAll(() => ledger.close());

  const typesOf = async (stream: string) => (await ledger.stored(stream)).map(({ type }) => type);
  const refusal = async (sent: ReturnType<TestLedger['post']>) => {
    const { status, body } = await sent;
    return [status, body.code];
  };

  it('sets the rules of the programme in versions', async () => {
    await done(ledger.put('/programme/rules', RULES));
    await done(ledger.put('/programme/rules', { ...RULES, holdDays: 14 }));
    const { versions } = (await ledger.get('/programme/rules')).body;
    expect(versions).toEqual([
      { ...RULES, version: 1, setAt: '2026-01-01T00:00:00.000Z' },
      { ...RULES, holdDays: 14, version: 2, setAt: '2026-01-15T12:00:00.000Z' },
    ]);
  });

  it('takes a seller through joining, enrolling and leaving, which closes its codes', async () => {
    const occurredAt = '2026-01-10T00:00:00.000Z';
    expect(await refusal(ledger.post('/sellers/goer/enrol'))).toEqual([
      409,
      'seller_must_have_joined',
    ]);
    await done(ledger.post('/sellers', { sellerId: 'goer', occurredAt }));
    await done(ledger.post('/sellers/goer/enrol', { occurredAt }));
    await done(ledger.post('/codes', codeBody('g2', { sellerId: 'goer' })));
    await done(
      ledger.post('/codes/g2/affiliate/enable', {
        defaultChannel: {},
        reward: { kind: 'rate', rateBps: 500 },
      }),
    );
    // The leaving finds the seller's codes in the read models, or else a process does later.
    await ledger.get('/codes/g2');
    await done(ledger.post('/sellers/goer/leave'));
    const { body: code } = await ledger.get('/codes/g2');
    expect([code.status, code.closedReason]).toEqual(['closed', 'seller_left']);
    expect(code.tasks).toEqual([{ taskId: 'g2.default', channel: 'default', status: 'closed' }]);
    const { body: seller } = await ledger.get('/sellers/goer');
    expect(seller).toEqual(
      expect.objectContaining({ joinedAt: occurredAt, leftAt: '2026-01-15T12:00:00.000Z' }),
    );
  });

  it('signs and releases members of an agency only', async () => {
    await done(ledger.post('/influencers', { influencerId: 'house', kind: 'agency' }));
    await done(ledger.post('/influencers', { influencerId: 'ivy', kind: 'individual' }));
    expect(await refusal(ledger.post('/influencers/ivy/members', { memberId: 'house' }))).toEqual([
      409,
      'influencer_must_be_agency',
    ]);
    expect(await refusal(ledger.post('/influencers/house/members', { memberId: 'zed' }))).toEqual([
      404,
      'member_must_be_registered',
    ]);
    await done(ledger.post('/influencers/house/members', { memberId: 'ivy' }));
    await done(ledger.post('/influencers/house/members', { memberId: 'ivy' }));
    await done(ledger.post('/influencers/house/members/ivy/release'));
    expect(await typesOf('influencer-house')).toEqual([
      'InfluencerRegistered',
      'MemberSigned',
      'MemberReleased',
    ]);
    const { body } = await ledger.get('/influencers/ivy');
    expect(body.contracts).toEqual([
      expect.objectContaining({ agencyId: 'house', releasedAt: expect.any(String) }),
    ]);
  });

  it('suspends and reinstates an influencer', async () => {
    await done(ledger.post('/influencers', { influencerId: 'jo', kind: 'individual' }));
    await done(ledger.post('/influencers/jo/suspend', { reason: 'fraud' }));
    const suspended = (await ledger.get('/influencers/jo')).body;
    expect([suspended.isSuspended, suspended.suspensionReason]).toEqual([true, 'fraud']);
    await done(ledger.post('/influencers/jo/reinstate'));
    const { body } = await ledger.get('/influencers/jo');
    expect([body.isSuspended, body.suspensionReason]).toEqual([false, null]);
  });

  it('creates a code with its rules, once', async () => {
    const rules = {
      discount: { kind: 'amount', amount: { amount: '500', currency: 'USD' } },
      codeType: 'set_products',
      productIds: ['p2', 'p1', 'p2'],
      totalLimit: 3,
      perBuyerLimit: 1,
    };
    await done(ledger.post('/codes', codeBody('k1', rules)));
    await done(ledger.post('/codes', codeBody('k1', rules)));
    const { body } = await ledger.get('/codes/k1');
    expect(body).toEqual(
      expect.objectContaining({
        ...rules,
        productIds: ['p1', 'p2'],
        minimumSpend: { amount: '2000', currency: 'USD' },
        affiliateSwitch: false,
        uses: 0,
        usesLeft: 3,
        reward: null,
      }),
    );
    expect(await typesOf('promoCode-k1')).toEqual(['CodeCreated']);
    expect(await refusal(ledger.post('/codes', codeBody('k1', { ...rules, name: 'B' })))).toEqual([
      409,
      'code_must_not_change',
    ]);
    expect(await refusal(ledger.post('/codes', codeBody('k2', { sellerId: 'nobody' })))).toEqual([
      409,
      'seller_must_have_joined',
    ]);
  });

  it('opens, closes and reopens the same task with the affiliate switch', async () => {
    await done(ledger.post('/codes', codeBody('k3')));
    expect(await refusal(ledger.post('/codes/k3/affiliate/enable', {}))).toEqual([
      409,
      'reward_plan_must_be_in_force',
    ]);
    const reward = { kind: 'fixed_fee', fee: { amount: '250', currency: 'USD' } };
    await done(ledger.post('/codes/k3/affiliate/enable', { defaultChannel: {}, reward }));
    await done(ledger.post('/codes/k3/affiliate/disable'));
    ledger.now = '2026-01-15T13:00:00.000Z';
    await done(ledger.post('/codes/k3/affiliate/enable', {}));
    expect(await typesOf('task-k3.default')).toEqual(['TaskOpened', 'TaskClosed', 'TaskReopened']);
    const { body } = await ledger.get('/codes/k3');
    expect(body.reward).toEqual({ ...reward, version: 1, effectiveFrom: expect.any(String) });
    const { body: task } = await ledger.get('/tasks/k3.default');
    expect(task).toEqual(
      expect.objectContaining({
        status: 'open',
        samples: 'not_available',
        applicationClosesAt: '2026-02-28T23:59:59.999Z',
        submissionClosesAt: null,
      }),
    );
  });

  it('opens no task without terms for the default channel', async () => {
    await done(ledger.post('/codes', codeBody('k4')));
    const reward = { kind: 'rate', rateBps: 100 };
    await done(ledger.post('/codes/k4/affiliate/enable', { reward }));
    expect(await ledger.stored('task-k4.default')).toEqual([]);
    await done(ledger.post('/tasks', { codeId: 'k4', sellerId: 'seller1' }));
    await done(ledger.post('/tasks', { codeId: 'k4', sellerId: 'seller1' }));
    expect(await typesOf('task-k4.default')).toEqual(['TaskOpened']);
    expect(await refusal(ledger.post('/tasks', { codeId: 'k4', sellerId: 'goer' }))).toEqual([
      409,
      'code_must_belong_to_seller',
    ]);
  });

  it('keeps every version of a reward plan and refuses a fee in another currency', async () => {
    await openCode(ledger, 'k5');
    const fee = { kind: 'fixed_fee', fee: { amount: '99', currency: 'EUR' } };
    expect(await refusal(ledger.post('/codes/k5/reward-plan', { reward: fee }))).toEqual([
      422,
      'fee_must_be_in_the_codes_currency',
    ]);
    const reward = { kind: 'rate', rateBps: 1_500 };
    await done(
      ledger.post('/codes/k5/reward-plan', { reward, effectiveFrom: '2026-02-01T00:00:00+00:00' }),
    );
    expect(
      await refusal(
        ledger.post('/codes/k5/reward-plan', {
          reward: { kind: 'rate', rateBps: 1 },
          effectiveFrom: '2026-01-01T00:00:00Z',
        }),
      ),
    ).toEqual([422, 'effective_from_must_not_precede_occurred_at']);
    const { body } = await ledger.get('/codes/k5');
    expect(body.rewards).toEqual([
      { kind: 'rate', rateBps: 1_000, version: 1, effectiveFrom: '2026-01-02T00:00:00.000Z' },
      { kind: 'rate', rateBps: 1_500, version: 2, effectiveFrom: '2026-02-01T00:00:00.000Z' },
    ]);
  });

  it('pauses, resumes and closes a code', async () => {
    await openCode(ledger, 'k6');
    await done(ledger.post('/codes/k6/pause'));
    expect((await ledger.get('/codes/k6')).body.status).toBe('paused');
    await done(ledger.post('/codes/k6/resume'));
    await done(ledger.post('/codes/k6/close'));
    const { body } = await ledger.get('/codes/k6');
    expect([body.status, body.closedReason, body.tasks[0].status]).toEqual([
      'closed',
      'seller_closed',
      'closed',
    ]);
    expect(await refusal(ledger.post('/codes/k6/pause'))).toEqual([409, 'code_must_not_be_closed']);
  });

  it('refuses a time ahead of the clock and one before the last fact', async () => {
    await openCode(ledger, 'k7');
    expect(
      await refusal(ledger.post('/codes/k7/pause', { occurredAt: '2026-01-15T13:06:00.000Z' })),
    ).toEqual([422, 'occurred_at_must_not_be_ahead_of_the_clock']);
    await done(ledger.post('/codes/k7/pause'));
    expect(
      await refusal(ledger.post('/codes/k7/resume', { occurredAt: '2026-01-10T00:00:00Z' })),
    ).toEqual([409, 'occurred_at_must_not_precede_last_fact']);
  });
});
