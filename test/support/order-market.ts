// A small market for tests: rules, a seller, a code with its task, an influencer with a text,
// stored as events on an embedded log in memory, and the desk that orders are taken at.
import { randomUUID } from 'node:crypto';
import type { CommandContext } from '#ledger/command-context.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import { DEFAULT_CHANNEL, taskIdOf } from '#ledger/streams.ts';
import * as streams from '#ledger/streams.ts';
import type { EventStore, StreamEvent } from '#event-store/port.ts';
import { Runner } from '#event-store/runner.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { BuyerKeys } from '#api/buyer-keys.ts';
import type { NewStreams } from '#api/processes/new-orders.ts';
import { OrderDesk } from '#api/processes/order-desk.ts';
import type { OrderRequest } from '#api/processes/order-request.ts';

export const NOW = '2026-01-20T12:00:00.000Z';
const START = '2026-01-01T00:00:00.000Z';

export interface CodeOptions {
  readonly codeId?: string;
  readonly sellerId?: string;
  readonly text?: string;
  readonly totalLimit?: number | null;
  readonly perBuyerLimit?: number | null;
}

export class Market {
  readonly store: EventStore;
  readonly runner: Runner;
  readonly desk: OrderDesk;
  now = NOW;

  constructor(
    store: EventStore = openSqliteStore(':memory:'),
    keys = new BuyerKeys(KEYS),
    newOrders: NewStreams = { isPresumedNew: () => false },
  ) {
    this.store = store;
    this.runner = new Runner({ store });
    this.desk = new OrderDesk(this.runner, store, keys, newOrders);
  }

  /** With rules, the seller `s1`, the influencer `ada` and the code `c1` with the text ADA10. */
  static async open(code?: CodeOptions, store?: EventStore, keys?: BuyerKeys): Promise<Market> {
    const market = new Market(store, keys);
    await market.given(streams.PROGRAMME_STREAM, RULES);
    await market.seller('s1');
    await market.given(streams.influencerStream('ada'), REGISTERED);
    await market.code(code);
    return market;
  }

  async seller(sellerId: string): Promise<void> {
    const data = { sellerId, occurredAt: START };
    await this.given(
      streams.sellerStream(sellerId),
      { type: 'SellerJoined', data },
      { type: 'SellerEnrolled', data },
    );
  }

  /** With its task and one text. */
  async code(options: CodeOptions = {}): Promise<void> {
    const { codeId = 'c1', sellerId = 's1', text = 'ADA10' } = options;
    const taskId = taskIdOf(codeId, DEFAULT_CHANNEL);
    await this.enabledCode(options);
    const opened = { ...TASK, ...TERMS, taskId, codeId, sellerId };
    await this.given(streams.taskStream(taskId), { type: 'TaskOpened', data: opened });
    await this.given(streams.issuedCodeStream(text), {
      type: 'CodeIssued',
      data: { ...ISSUED, text, codeId, taskId, sellerId },
    });
  }

  /** Its switch is on and asks for a task, which is not there yet. */
  async enabledCode(options: CodeOptions = {}): Promise<void> {
    const { codeId = 'c1', sellerId = 's1', totalLimit = null, perBuyerLimit = null } = options;
    const buyerKeyId = this.desk.buyerKeys.currentKeyId;
    const rules = { ...CODE, productIds: [], totalLimit, perBuyerLimit };
    await this.given(
      streams.promoCodeStream(codeId),
      { type: 'CodeCreated', data: { ...rules, codeId, sellerId, buyerKeyId } },
      { type: 'RewardPlanChanged', data: { ...PLAN, codeId } },
      { type: 'AffiliateEnabled', data: { codeId, defaultChannel: TERMS, occurredAt: START } },
    );
  }

  async given(stream: string, ...events: readonly LedgerEvent[]): Promise<void> {
    const [last] = await this.store.readStream(stream, { direction: 'backwards', limit: 1 });
    const metadata = { actor: 'test:market', correlationId: ID, causationId: ID, recordedAt: NOW };
    const made = events.map((event) => ({ ...event, id: randomUUID(), metadata }));
    await this.store.append(stream, last?.revision ?? 'no_stream', made);
  }

  context(): CommandContext {
    const id = randomUUID();
    return { actor: 'test:market', correlationId: id, causationId: id, now: this.now };
  }

  stored(stream: string): Promise<readonly StreamEvent[]> {
    return this.store.readStream(stream);
  }

  async typesOf(stream: string): Promise<readonly string[]> {
    return (await this.stored(stream)).map(({ type }) => type);
  }
}

/** One line of 100.00 list, 80.00 paid. */
export function orderOf(orderId: string, change: Partial<OrderRequest> = {}): OrderRequest {
  return {
    sellerId: 's1',
    orderId,
    text: 'ADA10',
    currency: 'USD',
    paidAt: '2026-01-20T11:00:00.000Z',
    buyerId: `buyer-of-${orderId}`,
    lines: [{ lineId: '1', productId: 'p1', quantity: 1, listMinor: '10000', paidMinor: '8000' }],
    ...change,
  };
}

const ID = randomUUID();
const KEYS = new Map([['key_test', Buffer.alloc(32, 7)]]);

export const TERMS = {
  samples: 'not_available',
  applicationClosesAt: '2026-12-31T23:59:59.999Z',
  submissionClosesAt: null,
} as const;

const RULES: LedgerEvent = {
  type: 'ProgrammeRulesSet',
  data: {
    version: 1,
    firstPeriod: '2026-01',
    graceHours: 72,
    holdDays: 7,
    confirmationLimitDays: 180,
    occurredAt: START,
  },
};
const REGISTERED: LedgerEvent = {
  type: 'InfluencerRegistered',
  data: { influencerId: 'ada', kind: 'individual', occurredAt: START },
};
const CODE = {
  name: 'Ten off',
  discount: { kind: 'percentage', percentBps: 1_000 },
  minimumSpendMinor: '0',
  codeType: 'storewide',
  currency: 'USD',
  redeemableFrom: START,
  redeemableUntil: '2026-12-31T23:59:59.999Z',
  occurredAt: START,
} as const;
const PLAN = {
  version: 1,
  terms: { kind: 'rate', rateBps: 1_000 },
  effectiveFrom: START,
  occurredAt: START,
} as const;
const TASK = {
  channel: DEFAULT_CHANNEL,
  origin: 'default_channel',
  activityId: null,
  occurredAt: START,
} as const;
const ISSUED = {
  payeeId: 'ada',
  requestId: 'request1',
  index: 0,
  occurredAt: START,
} as const;
