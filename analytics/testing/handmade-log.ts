// A ledger in a directory of its own, for tests: events in the domain's own shapes, written by hand
// so that a test says exactly what the log holds. Orders keep what remains of them.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { LedgerEvent } from '#ledger/events.ts';
import type { LineBase, Movement } from '#ledger/order.events.ts';
import { earned, type PinnedPlan } from '#ledger/reward.ts';
import { orderStream, payeeStream, PROGRAMME_STREAM } from '#ledger/streams.ts';
import { computeRun } from '../statements/compute-run.ts';
import type { ComputedRun } from '../statements/run.ts';
import { embeddedWorkspace } from '../workspace.ts';

export interface HandmadeOrder {
  readonly orderId: string;
  readonly sellerId: string;
  readonly payeeId: string;
  readonly currency: string;
  readonly plan: PinnedPlan;
  readonly remaining: Map<string, bigint>;
  readonly refunds: Map<string, ReadonlyMap<string, bigint>>;
  clearsAt: string;
  isHeld: boolean;
}

export type OrderTerms = Pick<HandmadeOrder, 'orderId' | 'payeeId' | 'currency' | 'plan'> & {
  readonly lines: readonly bigint[];
  /** Else `line 1`, `line 2`, … */
  readonly lineIds?: readonly string[] | undefined;
  readonly occurredAt: string;
  readonly clearsAt: string;
};

export const RATE_10_PERCENT: PinnedPlan = {
  kind: 'rate',
  rateBps: 1_000,
  rounding: 1,
  version: 1,
};

const SELLER = 's1';

export class HandmadeLog {
  readonly directory = mkdtempSync(join(tmpdir(), 'promo-ledger-analytics-'));
  readonly workspace = embeddedWorkspace(this.directory);
  readonly #store = openSqliteStore(this.workspace.log.file);
  readonly #revisions = new Map<string, number>();

  get logId(): string {
    return this.#store.logId;
  }

  /** Each is checked against its schema; `unchecked` stores what no command could. */
  async append(stream: string, event: LedgerEvent): Promise<void> {
    await this.unchecked(stream, LedgerEvent.parse(event));
  }

  async unchecked(stream: string, { type, data }: { type: string; data: object }): Promise<void> {
    const revision = this.#revisions.get(stream);
    const recordedAt = '2026-01-01T00:00:00.000Z';
    const ids = { correlationId: randomUUID(), causationId: randomUUID() };
    const metadata = { ...ids, actor: 'test:handmade', recordedAt };
    const event = { id: randomUUID(), type, data, metadata };
    await this.#store.append(stream, revision ?? 'no_stream', [event]);
    this.#revisions.set(stream, (revision ?? -1) + 1);
  }

  async setRules(firstPeriod = '2026-01'): Promise<void> {
    const rules = { firstPeriod, graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };
    const occurredAt = `${firstPeriod}-01T00:00:00.000Z`;
    const data = { version: 1, ...rules, occurredAt };
    await this.append(PROGRAMME_STREAM, { type: 'ProgrammeRulesSet', data });
  }

  async confirm(terms: OrderTerms): Promise<HandmadeOrder> {
    const { lines, lineIds, occurredAt, ...rest } = terms;
    const remaining = new Map(
      lines.map((amount, i) => [lineIds?.[i] ?? `line ${i + 1}`, amount] as const),
    );
    const order: HandmadeOrder = {
      ...rest,
      sellerId: SELLER,
      remaining,
      refunds: new Map(),
      isHeld: false,
    };
    const base = [...remaining].map(([lineId, after]) => ({ lineId, before: 0n, after }));
    const net = sumOf(remaining.values());
    await this.#moved(order, 'OrderConfirmed', {
      occurredAt,
      extra: { rulesVersion: 1, clearsAt: terms.clearsAt },
      movement: movementOf(order, { base, net: [0n, net], clearsAt: terms.clearsAt }),
    });
    return order;
  }

  async refund(
    order: HandmadeOrder,
    refundId: string,
    spread: ReadonlyMap<string, bigint>,
    occurredAt: string,
  ) {
    const clearsAt = laterOf(occurredAt, order.clearsAt);
    const movement = this.#take(order, spread, -1n, clearsAt);
    order.refunds.set(refundId, spread);
    const amounts = [...spread].map(([lineId, minor]) => ({ lineId, amountMinor: `${minor}` }));
    const extra = {
      refundId,
      contentHash: 'a'.repeat(64),
      currency: order.currency,
      request: { kind: 'everything' },
      spread: amounts,
    };
    await this.#moved(order, 'OrderRefunded', { occurredAt, extra, movement });
  }

  async cancelRefund(order: HandmadeOrder, refundId: string, occurredAt: string) {
    const spread = order.refunds.get(refundId)!;
    order.refunds.delete(refundId);
    const movement = this.#take(order, spread, 1n, laterOf(occurredAt, order.clearsAt));
    const restored = [...spread].map(([lineId, minor]) => ({ lineId, amountMinor: `${minor}` }));
    await this.#moved(order, 'RefundCancelled', {
      occurredAt,
      extra: { refundId, restored },
      movement,
    });
  }

  async invalidate(order: HandmadeOrder, occurredAt: string) {
    const clearsAt = laterOf(occurredAt, order.clearsAt);
    const movement = this.#take(order, new Map(order.remaining), -1n, clearsAt);
    await this.#moved(order, 'OrderInvalidated', {
      occurredAt,
      extra: { reason: 'by hand' },
      movement,
    });
  }

  /** Moves what remains to held, or back. */
  async hold(order: HandmadeOrder, isHeld: boolean, occurredAt: string) {
    const clearsAt = laterOf(occurredAt, order.clearsAt);
    const base = [...order.remaining]
      .filter(([, amount]) => amount > 0n)
      .map(([lineId, after]) => ({ lineId, before: 0n, after }));
    order.isHeld = isHeld;
    const net = sumOf(order.remaining.values());
    const movement = movementOf(order, { base, net: [0n, net], clearsAt });
    const type = isHeld ? 'CommissionHeld' : 'CommissionReleased';
    await this.#moved(order, type, {
      occurredAt,
      extra: { reason: 'by hand', by: 'test' },
      movement,
    });
  }

  async close(period: string, occurredAt: string): Promise<void> {
    const data = { period, rulesVersion: 1, occurredAt };
    await this.append(PROGRAMME_STREAM, { type: 'PeriodClosed', data });
  }

  /** Computes the run of a closed period and issues what it gives. */
  async issue(period: string, occurredAt: string): Promise<ComputedRun> {
    const run = await computeRun(this.workspace, period);
    for (const statement of run.statements) {
      const data = { ...statement, occurredAt };
      await this.append(payeeStream(statement.payeeId), { type: 'StatementIssued', data });
    }
    const { cutoffLogIndex, manifestSha256 } = run;
    const statementCount = run.statements.length;
    const totals = [...run.totals];
    const data = { period, cutoffLogIndex, statementCount, totals, manifestSha256, occurredAt };
    await this.append(PROGRAMME_STREAM, { type: 'StatementRunCompleted', data });
    return run;
  }

  recompute(period: string): Promise<ComputedRun> {
    return computeRun(this.workspace, period);
  }

  async forgetCarries(): Promise<void> {
    rmSync(join(this.workspace.lakeDirectory, 'carries'), { recursive: true });
  }

  async changeCarry(period: string, change: (text: string) => string): Promise<void> {
    const file = join(this.workspace.lakeDirectory, 'carries', period, 'fold.ndjson');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** Confirms an order with a movement that no command could have stored. */
  async spoil(terms: OrderTerms, spoil: (movement: Record<string, unknown>) => void) {
    const { orderId, occurredAt, clearsAt } = terms;
    const total = sumOf(terms.lines);
    const base = terms.lines.map((after, i) => ({ lineId: `line ${i + 1}`, before: 0n, after }));
    const order = { ...terms, sellerId: SELLER, isHeld: false };
    const movement = { ...movementOf(order, { base, net: [0n, total], clearsAt }) };
    const changed = structuredClone(movement);
    spoil(changed);
    const fact = { sellerId: SELLER, orderId, occurredAt, rulesVersion: 1, clearsAt };
    const data = { ...fact, movement: changed };
    await this.unchecked(orderStream(SELLER, orderId), { type: 'OrderConfirmed', data });
  }

  /** The writer lets go of the file; `remove` takes the directory away. */
  async end({ remove = true } = {}): Promise<void> {
    await this.#store.close();
    if (remove) rmSync(this.directory, { recursive: true, force: true });
  }

  #take(
    order: HandmadeOrder,
    spread: ReadonlyMap<string, bigint>,
    sign: 1n | -1n,
    clearsAt: string,
  ): Movement | undefined {
    const before = sumOf(order.remaining.values());
    const base = [...spread].map(([lineId, amount]) => {
      const had = order.remaining.get(lineId)!;
      order.remaining.set(lineId, had + sign * amount);
      return { lineId, before: had, after: had + sign * amount };
    });
    const net = [before, sumOf(order.remaining.values())] as const;
    return movementOf(order, { base, net, clearsAt });
  }

  async #moved(
    { sellerId, orderId }: HandmadeOrder,
    type: string,
    fact: { occurredAt: string; extra: object; movement: Movement | undefined },
  ): Promise<void> {
    const { occurredAt, extra, movement } = fact;
    const data = { sellerId, orderId, occurredAt, ...extra, ...(movement && { movement }) };
    const event = LedgerEvent.parse({ type, data });
    await this.unchecked(orderStream(sellerId, orderId), event);
  }
}

type Owner = Pick<HandmadeOrder, 'plan' | 'payeeId' | 'sellerId' | 'currency' | 'isHeld'>;

interface Change {
  readonly base: readonly { lineId: string; before: bigint; after: bigint }[];
  readonly net: readonly [before: bigint, after: bigint];
  readonly clearsAt: string;
}

/** Undefined when it moves nothing: zero is never posted. */
function movementOf(order: Owner, { base, net, clearsAt }: Change): Movement | undefined {
  const { plan, payeeId, sellerId, currency } = order;
  const [before, after] = net;
  const amount =
    plan.kind === 'fixed_fee'
      ? earned(plan, [after]) - earned(plan, [before])
      : earned(
          plan,
          base.map((line) => line.after),
        ) -
        earned(
          plan,
          base.map((line) => line.before),
        );
  if (amount === 0n) return undefined;
  const lines: LineBase[] = base.map((line) => ({
    lineId: line.lineId,
    beforeMinor: `${line.before}`,
    afterMinor: `${line.after}`,
  }));
  return {
    payeeId,
    sellerId,
    codeId: 'c1',
    text: 'CODE1',
    currency,
    account: order.isHeld ? 'held' : 'pending',
    plan,
    lines,
    net: { beforeMinor: `${before}`, afterMinor: `${after}` },
    amountMinor: `${amount}`,
    clearsAt,
  };
}

const sumOf = (amounts: Iterable<bigint>) => [...amounts].reduce((sum, each) => sum + each, 0n);

const laterOf = (one: string, other: string) => (one > other ? one : other);
