// A ledger in a directory of its own, for tests: events in the domain's own shapes, written by hand
// so that a test says exactly what the log holds. Orders keep what remains of them.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteSource } from '#event-store/log-source.ts';
import type { EventStore } from '#event-store/port.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { LedgerEvent } from '#ledger/events.ts';
import type { Movement } from '#ledger/order.events.ts';
import { orderStream, payeeStream, PROGRAMME_STREAM } from '#ledger/streams.ts';
import { computeRun } from '../statements/compute-run.ts';
import type { ComputedRun } from '../statements/run.ts';
import { embeddedWorkspace, type EngineChoice, type Workspace } from '../workspace.ts';
import { laterOf, movementOf, sumOf } from './handmade-order.ts';
import type { HandmadeOrder, OrderTerms } from './handmade-order.ts';

export { RATE_10_PERCENT, type HandmadeOrder, type OrderTerms } from './handmade-order.ts';

const SELLER = 's1';
/** Events of one append of `fill`. */
const BATCH = 500;

export class HandmadeLog {
  readonly directory = mkdtempSync(join(tmpdir(), 'promo-ledger-analytics-'));
  readonly workspace: Workspace & { readonly log: SqliteSource };
  readonly #log: EventStore;
  readonly #revisions = new Map<string, number>();

  constructor(engine?: EngineChoice) {
    this.workspace = { ...embeddedWorkspace(this.directory), ...(engine && { engine }) };
    this.#log = openSqliteStore(this.workspace.log.file);
  }

  get logId(): string {
    return this.#log.logId;
  }

  /** Each is checked against its schema; `unchecked` stores what no command could. */
  async append(stream: string, event: LedgerEvent): Promise<void> {
    await this.unchecked(stream, LedgerEvent.parse(event));
  }

  unchecked(stream: string, event: { type: string; data: object }): Promise<void> {
    return this.#store(stream, [event]);
  }

  async #store(stream: string, events: readonly { type: string; data: object }[]): Promise<void> {
    const revision = this.#revisions.get(stream);
    const recordedAt = '2026-01-01T00:00:00.000Z';
    const news = events.map(({ type, data }) => {
      const ids = { correlationId: randomUUID(), causationId: randomUUID() };
      return {
        id: randomUUID(),
        type,
        data,
        metadata: { ...ids, actor: 'test:handmade', recordedAt },
      };
    });
    await this.#log.append(stream, revision ?? 'no_stream', news);
    this.#revisions.set(stream, (revision ?? -1) + events.length);
  }

  /** So many events that move nothing, in one stream. */
  async fill(count: number): Promise<void> {
    const stream = 'seller-s1';
    const occurredAt = '2026-01-01T00:00:00.000Z';
    const event = { type: 'SellerJoined', data: { sellerId: SELLER, occurredAt } };
    for (let left = count; left > 0; left -= BATCH) {
      const some = Array.from({ length: Math.min(left, BATCH) }, () => event);
      await this.#store(stream, some);
    }
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

  recompute(period: string, engine = this.workspace.engine): Promise<ComputedRun> {
    return computeRun({ ...this.workspace, ...(engine && { engine }) }, period);
  }

  async forgetCarries(): Promise<void> {
    rmSync(join(this.workspace.lakeDirectory, 'carries'), { recursive: true });
  }

  async changeCarry(period: string, change: (text: string) => string): Promise<void> {
    const file = join(this.workspace.lakeDirectory, 'carries', period, 'fold.ndjson');
    const before = readFileSync(file, 'utf8');
    if (change(before) === before) throw new Error('nothing was changed');
    writeFileSync(file, change(before));
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
    await this.#log.close();
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
