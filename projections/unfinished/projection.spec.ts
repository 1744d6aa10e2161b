import { attributeOrder } from '#ledger/order.ts';
import { awaitedOrder } from '#ledger/order-state.ts';
import type { OrderEvent } from '#ledger/order.events.ts';
import { given, type GivenEvent } from '#read-store/given.ts';
import { attribution, continued, verdictOf } from '../../test/support/order-builders.ts';
import * as facts from '../../test/support/order-facts.ts';
import { unfinishedProjection } from './projection.ts';
import { unfinished, type UnfinishedRow } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;

/** Without the ids that a kind does not need. */
function unfinishedAfter(...events: readonly GivenEvent[]): Partial<UnfinishedRow>[] {
  return given(unfinishedProjection, events)
    .of(unfinished)
    .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}

const keysAfter = (...events: readonly GivenEvent[]) =>
  unfinishedAfter(...events).map(({ kind, key }) => `${kind} ${key}`);

describe('a reservation', () => {
  const occurredAt = '2026-01-05T10:00:05.000Z';
  const reserved: GivenEvent = [
    'promoCode-SPRING',
    'RedemptionReserved',
    { verdict: verdictOf(), occurredAt },
  ];
  const attributedBy = (reservation: string): GivenEvent => [
    'order-connect/o1',
    'OrderAttributed',
    { verdict: verdictOf(), reservation, occurredAt },
  ];

  test('is unfinished until its order is attributed by it', () => {
    expect(unfinishedAfter(reserved)).toEqual([
      {
        kind: 'reservation',
        key: 'promoCode-SPRING@0',
        sellerId: 'connect',
        orderId: 'o1',
        codeId: 'SPRING',
        missing: 1,
        logIndex: 0,
      },
    ]);
    expect(keysAfter(reserved, attributedBy('promoCode-SPRING@0'))).toEqual([]);
  });

  test('of an order that another one has settled is unfinished until it is released', () => {
    const other = attributedBy('promoCode-OTHER@3');
    expect(keysAfter(reserved, other)).toEqual(['reservation promoCode-SPRING@0']);
    const released: GivenEvent = [
      'promoCode-SPRING',
      'RedemptionReleased',
      {
        codeId: 'SPRING',
        orderId: 'o1',
        reservation: 'promoCode-SPRING@0',
        settledBy: 'order-connect/o1@0',
        occurredAt,
      },
    ];
    expect(keysAfter(reserved, other, released)).toEqual([]);
  });
});

describe('parked refunds', () => {
  const inOrder = (events: readonly OrderEvent[]) =>
    events.map(({ type, data }) => ['order-connect/o1', type, data] as unknown as GivenEvent);
  const park = [facts.refund('r1', facts.ofAmount(10)), facts.refund('r2', facts.ofAmount(20))];

  test("are nobody's work while the order is awaited, or when it is rejected", () => {
    expect(
      keysAfter(...inOrder(continued(awaitedOrder(), [...park, facts.cancel('r1')]).events)),
    ).toEqual([]);
    const { events } = continued(awaitedOrder(), [...park, facts.reject()]);
    expect(keysAfter(...inOrder(events))).toEqual([]);
  });

  test('are unfinished from the attribution until each is judged', () => {
    const { events } = continued(awaitedOrder(), [
      ...park,
      (state) => attributeOrder(attribution(), state),
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'RefundParked',
      'RefundParked',
      'OrderAttributed',
      'OrderRefunded',
      'OrderRefunded',
    ]);
    const left = (count: number) => unfinishedAfter(...inOrder(events.slice(0, count)));
    expect(left(3)).toMatchObject([
      { kind: 'parked_facts', key: 'order-connect/o1', orderId: 'o1', missing: 2 },
    ]);
    expect(left(4)).toMatchObject([{ missing: 1 }]);
    expect(left(5)).toEqual([]);
  });
});

test('a request for codes is unfinished until each of its codes is issued', () => {
  const of = { taskId: 'SPRING.v1.default', influencerId: 'ada', occurredAt: at(1) };
  const seed = '0'.repeat(32);
  const requested: GivenEvent = [
    'application-SPRING.v1.default/ada',
    'CodesRequested',
    { ...of, requestId: 'r1', count: 2, seed, judgedOn: [] },
  ];
  const issued = (index: number): GivenEvent => [
    `issuedCode-TEXT${index}`,
    'CodeIssued',
    {
      text: `TEXT${index}`,
      codeId: 'SPRING.v1',
      taskId: of.taskId,
      sellerId: 'connect',
      payeeId: 'ada',
      requestId: 'r1',
      index,
      occurredAt: at(1),
    },
  ];
  expect(unfinishedAfter(requested, issued(0))).toMatchObject([
    {
      kind: 'code_request',
      key: 'application-SPRING.v1.default/ada#r1',
      codeId: 'SPRING.v1',
      taskId: 'SPRING.v1.default',
      influencerId: 'ada',
      requestId: 'r1',
      missing: 1,
    },
  ]);
  expect(keysAfter(requested, issued(0), issued(1))).toEqual([]);
});

describe('a task', () => {
  const terms = {
    samples: 'not_available',
    applicationClosesAt: at(8),
    submissionClosesAt: null,
  } as const;
  const created: GivenEvent = [
    'promoCode-SPRING',
    'CodeCreated',
    {
      codeId: 'SPRING',
      sellerId: 'connect',
      name: 'Spring',
      discount: { kind: 'amount', amountMinor: '100' },
      minimumSpendMinor: '0',
      codeType: 'storewide',
      productIds: [],
      currency: 'USD',
      redeemableFrom: at(1),
      redeemableUntil: at(9),
      totalLimit: null,
      perBuyerLimit: null,
      buyerKeyId: 'k1',
      occurredAt: at(1),
    },
  ];
  const enabled = (withTask: boolean): GivenEvent => [
    'promoCode-SPRING',
    'AffiliateEnabled',
    { codeId: 'SPRING', defaultChannel: withTask ? terms : null, occurredAt: at(2) },
  ];
  const off = { codeId: 'SPRING', occurredAt: at(3) };
  const disabled: GivenEvent = ['promoCode-SPRING', 'AffiliateDisabled', off];
  const closed = { codeId: 'SPRING', reason: 'seller_closed', occurredAt: at(4) } as const;
  const closedCode: GivenEvent = ['promoCode-SPRING', 'CodeClosed', closed];
  const opened = (channel = 'default'): GivenEvent => [
    `task-SPRING.${channel}`,
    'TaskOpened',
    {
      taskId: `SPRING.${channel}`,
      codeId: 'SPRING',
      sellerId: 'connect',
      channel,
      origin: 'joined',
      activityId: null,
      ...terms,
      occurredAt: at(2),
    },
  ];
  const task = (type: 'TaskClosed' | 'TaskReopened'): GivenEvent => {
    const data = { taskId: 'SPRING.default', occurredAt: at(5) };
    return type === 'TaskClosed'
      ? ['task-SPRING.default', type, { ...data, reason: 'affiliate_disabled' }]
      : ['task-SPRING.default', type, data];
  };
  const left: GivenEvent = [
    'seller-connect',
    'SellerLeft',
    { sellerId: 'connect', occurredAt: at(6) },
  ];
  const joined: GivenEvent = [
    'seller-connect',
    'SellerJoined',
    { sellerId: 'connect', occurredAt: at(7) },
  ];
  const outOfStep = ['task SPRING.default'];

  test('is wanted when the switch goes on with the default channel, not without', () => {
    expect(keysAfter(created)).toEqual([]);
    expect(keysAfter(created, enabled(false))).toEqual([]);
    expect(unfinishedAfter(created, enabled(true))).toEqual([
      {
        kind: 'task',
        key: 'SPRING.default',
        taskId: 'SPRING.default',
        codeId: 'SPRING',
        sellerId: 'connect',
        channel: 'default',
        missing: 1,
        logIndex: 1,
      },
    ]);
    expect(keysAfter(created, enabled(true), opened())).toEqual([]);
  });

  test('is to be closed when the switch goes off, and reopened when it goes on again', () => {
    const switchedOff = [created, enabled(false), opened(), disabled];
    expect(keysAfter(...switchedOff)).toEqual(outOfStep);
    const closed = [...switchedOff, task('TaskClosed')];
    expect(keysAfter(...closed)).toEqual([]);
    const on = [...closed, enabled(false)];
    expect(keysAfter(...on)).toEqual(outOfStep);
    expect(keysAfter(...on, task('TaskReopened'))).toEqual([]);
  });

  test('of a closed code is to be closed; a wanted one is no longer missing', () => {
    expect(keysAfter(created, enabled(true), opened(), closedCode)).toEqual(outOfStep);
    expect(keysAfter(created, enabled(true), closedCode)).toEqual([]);
  });

  test('is wanted by an accepted application to an activity, in its channel', () => {
    const entry = { activityId: 'sale', codeId: 'SPRING', occurredAt: at(3) };
    const applied: GivenEvent = [
      'entry-sale/SPRING',
      'ActivityApplied',
      { ...entry, sellerId: 'connect', channel: 'spring', terms },
    ];
    const accepted: GivenEvent = ['entry-sale/SPRING', 'ActivityApplicationAccepted', entry];
    const before = [created, enabled(false), applied];
    expect(keysAfter(...before)).toEqual([]);
    expect(unfinishedAfter(...before, accepted)).toMatchObject([
      { key: 'SPRING.spring', channel: 'spring', activityId: 'sale' },
    ]);
    expect(keysAfter(...before, accepted, opened('spring'))).toEqual([]);
    expect(keysAfter(created, applied, accepted)).toEqual([]);
  });

  test('and code of a seller that left are to be closed, the code also after it came back', () => {
    const running = [created, enabled(false), opened()];
    expect(keysAfter(...running, left)).toEqual(['code_of_left_seller SPRING', ...outOfStep]);
    expect(keysAfter(...running, left, joined)).toEqual(['code_of_left_seller SPRING']);
    const settled = [...running, left, closedCode, task('TaskClosed')];
    expect(keysAfter(...settled)).toEqual([]);
  });

  test('reaches every code of a seller that leaves', () => {
    const codes = ['A', 'B', 'C'].map((codeId): GivenEvent => [
      `promoCode-${codeId}`,
      'CodeCreated',
      { ...(created[2] as object), codeId } as never,
    ]);
    expect(keysAfter(...codes, left)).toEqual([
      'code_of_left_seller A',
      'code_of_left_seller B',
      'code_of_left_seller C',
    ]);
    expect(keysAfter(left, ...codes)).toHaveLength(3);
  });
});

test('a closed period is unfinished until its statement run is complete', () => {
  const period = '2026-01';
  const closed: GivenEvent = [
    'programme',
    'PeriodClosed',
    { period, rulesVersion: 1, occurredAt: at(5) },
  ];
  const run: GivenEvent = [
    'programme',
    'StatementRunCompleted',
    {
      period,
      cutoffLogIndex: 0,
      statementCount: 0,
      totals: [],
      manifestSha256: 'a'.repeat(64),
      occurredAt: at(6),
    },
  ];
  expect(unfinishedAfter(closed)).toMatchObject([{ kind: 'statement_run', key: period, period }]);
  expect(keysAfter(closed, run)).toEqual([]);
});
