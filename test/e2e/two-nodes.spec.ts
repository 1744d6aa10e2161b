// Two services on one log, each with a data directory of its own: what one writes the other knows,
// limits hold over both, work that either could finish is done once.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUYER_KEYS_FILE, BuyerKeysUnusable } from '#api/buyer-keys.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import type { Follower } from '#api/follower/follower.ts';
import { FOLLOWER, READ_STORE } from '#api/wiring.ts';
import { bootLedger, type TestLedger } from '../support/boot-ledger.ts';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../support/eventstore-double/double.ts';
import { done, issueText, openCode, openMarket, orderBody } from '../support/market-over-http.ts';
import { until } from '../support/until.ts';

const LIMIT = 10;
const ORDERS = 40;

let double: EventStoreDouble;
let root: string;
let one: TestLedger;
let two: TestLedger;

const directoryOf = (node: string) => join(root, node);
const environment = () => ({ PROMO_LEDGER_EVENTSTORE_URL: double.connection });
const boot = (node: string) =>
  bootLedger({ dataDirectory: directoryOf(node), environment: environment() });

beforeAll(async () => {
  double = await startEventStoreDouble();
  root = mkdtempSync(join(tmpdir(), 'two-nodes-'));
  one = await boot('one');
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await double.stop();
  rmSync(root, { recursive: true, force: true });
});

/** The state hashes of all projections, once both nodes have seen the whole log. */
async function statesOf(...nodes: readonly TestLedger[]) {
  const head = await one.store.head();
  return Promise.all(
    nodes.map(async ({ app }) => {
      const rows = app.get<ReadModel>(READ_STORE);
      await until(() => rows.checkpoint().position >= head);
      return rows.projections().map(({ projection }) => [projection, rows.stateHash(projection)]);
    }),
  );
}

it('refuses a node that lacks the keys of the ledger, and says which file to copy', async () => {
  const refused = await boot('two').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BuyerKeysUnusable);
  expect((refused as Error).message).toMatch(/two\/buyer-keys.json is missing.*Copy buyer-keys/);
  expect(existsSync(join(directoryOf('two'), BUYER_KEYS_FILE))).toBe(false);
  copyFileSync(
    join(directoryOf('one'), BUYER_KEYS_FILE),
    join(directoryOf('two'), BUYER_KEYS_FILE),
  );
  two = await boot('two');
  expect(two.store.logId).toBe(one.store.logId);
});

it('shows on one node what was written on the other, by its position', async () => {
  await openMarket(one);
  const { headers } = await one.post('/sellers', { sellerId: 'seller2' });
  const position = String(headers['promo-ledger-position']);
  const read = await two.get('/sellers/seller2', { 'promo-ledger-position': position });
  expect([read.status, read.body.sellerId]).toEqual([200, 'seller2']);
});

it('never lets a code be used more often than its limit, whichever node is asked', async () => {
  await openCode(one, 'c1', { totalLimit: LIMIT });
  const text = await issueText(two, 'c1', 'ada');
  const nodes = [one, two];
  const asked = Array.from({ length: ORDERS }, (_, i) =>
    done(nodes[i % 2]!.post('/orders', orderBody(`o${i}`, text))),
  );
  const answers = await Promise.all(asked);
  const attributed = answers.filter(({ outcome }) => outcome === 'attributed');
  expect(attributed).toHaveLength(LIMIT);
  const again = await Promise.all(
    answers.map((_, i) => done(nodes[(i + 1) % 2]!.post('/orders', orderBody(`o${i}`, text)))),
  );
  expect(again).toEqual(answers);
  const reserved = await one.stored('promoCode-c1');
  expect(reserved.filter(({ type }) => type === 'RedemptionReserved')).toHaveLength(LIMIT);
  const [state, other] = await statesOf(one, two);
  expect(other).toEqual(state);
});

it('answers an order once, though both nodes are asked at the same time', async () => {
  await openCode(one, 'c2');
  const text = await issueText(one, 'c2', 'bea');
  const twice = await Promise.all(
    [one, two, one, two].map((node) => done(node.post('/orders', orderBody('twin', text)))),
  );
  expect(new Set(twice.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const outcomes = await two.stored('order-seller1/twin');
  expect(outcomes.map(({ type }) => type)).toEqual(['OrderAttributed']);
});

it('looks no order up that it has not seen, and each that it has', async () => {
  await openCode(one, 'c3');
  const text = await issueText(one, 'c3', 'cyd');
  const { readToEnd, append } = two.store;
  const asked: string[] = [];
  two.store.readToEnd = (stream, from) => {
    asked.push(`read ${stream}`);
    return readToEnd.call(two.store, stream, from);
  };
  two.store.append = (stream, ...rest) => {
    asked.push(`append ${stream}`);
    return append.call(two.store, stream, ...rest);
  };
  const of = (order: string) => asked.filter((each) => each.endsWith(`order-seller1/${order}`));
  const isFollowing = () =>
    performance.now() - two.app.get<Follower>(FOLLOWER).knowsLogAsOf() < 500;
  await until(isFollowing);
  await done(two.post('/orders', orderBody('unseen', text)));
  expect(of('unseen')).toEqual(['append order-seller1/unseen']);
  const { headers } = await one.post('/orders/seller1/parked/confirmation', {});
  const position = String(headers['promo-ledger-position']);
  await two.get('/sellers/seller1', { 'promo-ledger-position': position });
  await done(two.post('/orders', orderBody('parked', text)));
  expect(of('parked')).toEqual(['read order-seller1/parked', 'append order-seller1/parked']);
  two.store.readToEnd = readToEnd;
  two.store.append = append;
});

it('answers an order that the other node stored a moment ago as the other node did', async () => {
  await openCode(one, 'c4', { totalLimit: 1 });
  const [first, second] = [await issueText(one, 'c3', 'dan'), await issueText(one, 'c4', 'eve')];
  // What both judge at the same moment is the same event, and stored once by either.
  two.now = '2026-01-15T12:00:00.001Z';
  const answer = await done(one.post('/orders', orderBody('moved', first)));
  const again = await two.post('/orders', orderBody('moved', first));
  expect([again.body, again.headers['idempotent-replayed']]).toEqual([answer, 'true']);
  await done(one.post('/orders', orderBody('switched', first)));
  const refused = await two.post('/orders', orderBody('switched', second));
  expect([refused.status, refused.body.code]).toEqual([409, 'order_must_not_change']);
  const next = await done(one.post('/orders', orderBody('last', second)));
  expect(next.outcome).toBe('attributed');
});

it('judges an order by what the other node was told as soon as it follows that', async () => {
  await openCode(one, 'c5');
  const text = await issueText(one, 'c5', 'fay');
  const typesOf = async (order: string) => {
    await done(two.post('/orders', orderBody(order, text)));
    return (await two.stored(`order-seller1/${order}`)).map(({ type }) => type);
  };
  expect(await typesOf('before')).toEqual(['OrderAttributed']);
  const suspended = { reason: 'review', occurredAt: '2026-01-15T10:30:00.000Z' };
  const { headers } = await one.post('/influencers/fay/suspend', suspended);
  const position = String(headers['promo-ledger-position']);
  await two.get('/sellers/seller1', { 'promo-ledger-position': position });
  expect(await typesOf('after')).toEqual(['OrderAttributed', 'CommissionHeld']);
});

it('closes a month on one node while the other runs, and issues each statement once', async () => {
  const orders = ['o0', 'o1', 'o2', 'o3'];
  for (const order of [...orders, 'twin'])
    await one.post(`/orders/seller1/${order}/confirmation`, {});
  one.now = '2026-02-05T00:00:00.000Z';
  two.now = one.now;
  await done(one.post('/programme/periods', { period: '2026-01' }));
  const runs = await Promise.all(
    [one, two].map((node) => done(node.post('/programme/periods/2026-01/statement-run'))),
  );
  expect(runs[1]).toEqual(runs[0]);
  for (const payeeId of ['ada', 'bea']) {
    const events = await one.stored(`payee-${payeeId}`);
    expect(events.map(({ type }) => type)).toEqual(['StatementIssued']);
    const path = `/statements/${payeeId}/2026-01/USD`;
    await until(async () => (await two.get(path)).status === 200);
    expect((await two.get(path)).body).toEqual((await one.get(path)).body);
  }
});

it('computes for itself the documents that a node lacks', async () => {
  await two.close(true);
  for (const file of readdirSync(directoryOf('two')))
    if (file.startsWith('documents.db') || file === 'lake')
      rmSync(join(directoryOf('two'), file), { recursive: true });
  two = await boot('two');
  const path = '/statements/ada/2026-01/USD';
  await until(async () => (await two.get(path)).status === 200);
  expect((await two.get(path)).body).toEqual((await one.get(path)).body);
});

it('is not ready while the log is out of reach, and is again when it is back', async () => {
  await double.faults.refuseConnections();
  await until(async () => (await two.get('/health/ready')).status === 503);
  const { body } = await two.get('/health/ready');
  expect([body.status, body.store.isWritable]).toEqual(['not_ready', false]);
  expect(body.store.outage).toEqual(expect.any(String));
  await double.faults.acceptConnections();
  await until(async () => (await two.get('/health/ready')).status === 200);
  await done(two.post('/sellers', { sellerId: 'seller3' }));
  expect((await two.get('/sellers/seller3')).status).toBe(200);
});
