// What a crash can leave between two appends of one use case. Each half-done state is built on
// disk by storing its first part alone; then the service starts, and its process managers must
// finish it from the streams. A second start must find nothing left to do.
import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuyerKeys } from '#api/buyer-keys.ts';
import { Hints } from '#api/processes/hints.ts';
import { look } from '#api/processes/look.ts';
import { redeem } from '#api/processes/redeem.ts';
import { Market, NOW, orderOf, TERMS } from '../support/order-market.ts';
import { bootLedger, type TestLedger } from '../support/boot-ledger.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { codeText } from '#ledger/code-text.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import * as streams from '#ledger/streams.ts';

const AT = '2026-01-10T00:00:00.000Z';
const SEED = '0123456789abcdef0123456789abcdef';
const text = (index: number) =>
  codeText({ seed: SEED, index, attempt: 0 }, (seed) => hash('sha256', seed, 'buffer'));

describe('after a crash between two appends', () => {
  let directory: string;
  let ledger: TestLedger;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'half-done-'));
    await storeHalves(directory);
    ledger = await bootLedger({ now: NOW, dataDirectory: directory });
    await finished(ledger);
  });
  afterAll(async () => {
    await ledger.close(true);
    await rm(directory, { recursive: true });
  });

  const typesOf = async (stream: string) => (await ledger.stored(stream)).map(({ type }) => type);

  it('attributes the order of a reservation', async () => {
    const [attributed] = await ledger.stored(streams.orderStream('s1', 'reserved'));
    expect(attributed?.data).toMatchObject({ reservation: 'promoCode-c1@3' });
    const { body } = await ledger.post('/orders', asBody(orderOf('reserved')));
    expect(body).toMatchObject({ outcome: 'attributed', event: 'order-s1/reserved@0' });
  });

  it('gives back the use of an order that was rejected meanwhile', async () => {
    expect(await typesOf(streams.orderStream('s1', 'rejected'))).toEqual(['OrderRejected']);
    const released = (await ledger.stored(streams.promoCodeStream('c1'))).filter(
      ({ type }) => type === 'RedemptionReleased',
    );
    expect(released.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        orderId: 'rejected',
        reservation: 'promoCode-c1@4',
        settledBy: 'order-s1/rejected@0',
      }),
    ]);
  });

  it('judges the refund that was parked before its order', async () => {
    expect(await typesOf(streams.orderStream('s1', 'parked'))).toEqual([
      'RefundParked',
      'OrderAttributed',
      'OrderRefunded',
    ]);
  });

  it('issues the codes that are missing, with the texts that were promised', async () => {
    for (const index of [0, 1, 2]) {
      const [issued, ...more] = await ledger.stored(streams.issuedCodeStream(text(index)));
      expect(issued?.data).toMatchObject({ requestId: 'r1', index, occurredAt: AT });
      expect(more).toEqual([]);
    }
    const again = await ledger.post('/tasks/c1.default/applications/agency/codes', {
      requestId: 'r1',
      count: 3,
    });
    expect(again.body.texts).toEqual([text(0), text(1), text(2)]);
  });

  it('opens the task of a code that was enabled', async () => {
    const [opened] = await ledger.stored(streams.taskStream('enabled.default'));
    expect(opened).toMatchObject({ type: 'TaskOpened', data: { origin: 'default_channel' } });
  });

  it('closes the task of a code whose switch was turned off', async () => {
    expect(await typesOf(streams.taskStream('disabled.default'))).toEqual([
      'TaskOpened',
      'TaskClosed',
    ]);
  });

  it('closes the codes and tasks of a seller that left, from its leaving on', async () => {
    const closed = (await ledger.stored(streams.promoCodeStream('left'))).at(-1);
    expect(closed).toMatchObject({
      type: 'CodeClosed',
      data: { reason: 'seller_left', occurredAt: AT },
    });
    const task = (await ledger.stored(streams.taskStream('left.default'))).at(-1);
    expect(task).toMatchObject({
      type: 'TaskClosed',
      data: { reason: 'seller_left', occurredAt: AT },
    });
  });

  it('opens the task that an accepted application wants', async () => {
    const [opened] = await ledger.stored(streams.taskStream('c1.summer'));
    expect(opened).toMatchObject({ type: 'TaskOpened', data: { origin: 'activity' } });
  });

  it('finds nothing to do at the next start', async () => {
    const head = await ledger.store.head();
    await ledger.close(true);
    ledger = await bootLedger({ now: NOW, dataDirectory: directory });
    await finished(ledger);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await ledger.store.head()).toBe(head);
  });
});

/** No process has anything left: neither a hint nor an alarm. */
async function finished({ app }: TestLedger): Promise<void> {
  const hints = app.get(Hints);
  const kinds = [
    'reservation',
    'parked_facts',
    'code_request',
    'task',
    'code_of_left_seller',
  ] as const;
  const end = performance.now() + 15_000;
  for (;;) {
    const left = kinds.flatMap((kind) => [...hints.unfinished(kind)]);
    const { follower, alarms } = await readiness(app);
    if (left.length === 0 && follower.state === 'following' && follower.behind === '0') return;
    if (performance.now() > end) throw new Error(JSON.stringify({ left, alarms }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readiness(app: TestLedger['app']) {
  return (await app.inject({ method: 'GET', url: '/health/ready' })).json();
}

function asBody({ text: code, ...order }: ReturnType<typeof orderOf>) {
  return { ...order, code };
}

async function storeHalves(directory: string): Promise<void> {
  const store = openSqliteStore(join(directory, 'ledger.db'));
  const keys = await openBuyerKeys(directory, store);
  const market = await Market.open({}, store, keys);
  // The same market in memory, where orders are taken whole: their events are those to be halved.
  const whole = await Market.open({}, undefined, keys);
  const taken = async (orderId: string, change = {}) => {
    await redeem(whole.desk, await look(whole.desk, orderOf(orderId, change)), whole.context());
    const [outcome] = await whole.stored(streams.orderStream('s1', orderId));
    return outcome as unknown as LedgerEvent;
  };
  const reservation = async (orderId: string) => {
    await taken(orderId);
    const reserved = (await whole.stored(streams.promoCodeStream('c1'))).at(-1);
    return { type: 'RedemptionReserved', data: reserved!.data } as LedgerEvent;
  };
  const code = streams.promoCodeStream('c1');

  await market.given(code, await reservation('reserved'));

  await market.given(code, await reservation('rejected'));
  const { data } = await taken('other', { text: 'NEVER123' });
  await market.given(streams.orderStream('s1', 'rejected'), {
    type: 'OrderRejected',
    data: { ...data, orderId: 'rejected' },
  } as LedgerEvent);

  const parked = await reservation('parked');
  await market.given(code, parked);
  const attributed = (await whole.stored(streams.orderStream('s1', 'parked')))[0]!.data as object;
  await market.given(streams.orderStream('s1', 'parked'), { type: 'RefundParked', data: PARKED }, {
    type: 'OrderAttributed',
    data: { ...attributed, reservation: 'promoCode-c1@5' },
  } as LedgerEvent);

  await requestedCodes(market);
  await unsettledTasks(market);
  await market.runner.close();
  await store.close();
}

const PARKED = {
  sellerId: 's1',
  orderId: 'parked',
  refundId: 'r1',
  contentHash: '0'.repeat(64),
  currency: 'USD',
  request: { kind: 'amount', amountMinor: '100' },
  occurredAt: AT,
} as const;

/** Three codes were asked for, and the crash came after the second. */
async function requestedCodes(market: Market): Promise<void> {
  const application = { taskId: 'c1.default', influencerId: 'agency', occurredAt: AT };
  await market.given(streams.influencerStream('agency'), {
    type: 'InfluencerRegistered',
    data: { influencerId: 'agency', kind: 'agency', occurredAt: AT },
  });
  await market.given(
    streams.applicationStream('c1.default', 'agency'),
    { type: 'TaskApplied', data: application },
    {
      type: 'ApplicationApproved',
      data: { ...application, by: 'system', ruleVersion: 1, judgedOn: [] },
    },
    {
      type: 'CodesRequested',
      data: { ...application, requestId: 'r1', count: 3, seed: SEED, judgedOn: [] },
    },
  );
  await market.given(streams.issuedCodeStream(text(1)), {
    type: 'CodeIssued',
    data: {
      ...{ text: text(1), codeId: 'c1', taskId: 'c1.default', sellerId: 's1', payeeId: 'agency' },
      ...{ requestId: 'r1', index: 1, occurredAt: AT },
    },
  });
}

async function unsettledTasks(market: Market): Promise<void> {
  await market.enabledCode({ codeId: 'enabled' });

  await market.code({ codeId: 'disabled', text: 'DISABLED1' });
  await market.given(streams.promoCodeStream('disabled'), {
    type: 'AffiliateDisabled',
    data: { codeId: 'disabled', occurredAt: AT },
  });

  await market.seller('s2');
  await market.code({ codeId: 'left', sellerId: 's2', text: 'LEFT1234' });
  await market.given(streams.sellerStream('s2'), {
    type: 'SellerLeft',
    data: { sellerId: 's2', occurredAt: AT },
  });

  const entry = { activityId: 'summer', codeId: 'c1', occurredAt: AT };
  await market.given(
    streams.entryStream('summer', 'c1'),
    {
      type: 'ActivityApplied',
      data: { ...entry, sellerId: 's1', channel: 'summer', terms: TERMS },
    },
    { type: 'ActivityApplicationAccepted', data: entry },
  );
}
