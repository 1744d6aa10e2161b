// One code that everybody redeems, driven through the runner: what is timed is the decision, its
// event and its durability, without HTTP and without the order's own stream.
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openEventStore } from '#event-store/log-source.ts';
import { Runner } from '#event-store/runner.ts';
import { openSnapshotCache } from '#event-store/snapshot-cache.ts';
import { enableAffiliate } from '#ledger/affiliate.ts';
import { createCode, promoCode } from '#ledger/promo-code.ts';
import { reserveRedemption } from '#ledger/redemptions.ts';
import { enrolSeller, joinSeller, seller } from '#ledger/seller.ts';
import { promoCodeStream, sellerStream } from '#ledger/streams.ts';
import type { Workplace } from './workplace.ts';

const SELLER = 'hotseller';
export const OPENED_AT = '2026-01-01T00:00:00.000Z';
const PAID_AT = '2026-01-02T00:00:00.000Z';

const sellerRef = { decider: seller, stream: sellerStream(SELLER) };

/** The log, its cache file and the runner, as the service opens them, and nothing else. */
export async function openRunner({ directory, log }: Workplace) {
  const store = await openEventStore(log);
  const snapshots = openSnapshotCache(join(directory, 'cache.db'), store.logId);
  return { store, runner: new Runner({ store, snapshots, maxCacheBytes: 256 << 20 }) };
}

/** A limit per buyer, so that every redemption is counted twice. */
export async function createHotCode(runner: Runner, codeId: string): Promise<void> {
  const code = {
    decider: promoCode,
    stream: promoCodeStream(codeId),
    related: [sellerRef] as const,
  };
  const context = contextNow();
  const at = { sellerId: SELLER, occurredAt: OPENED_AT, now: context.now };
  await runner.transact({ ...sellerRef, context, decide: (state) => joinSeller(at, state) });
  await runner.transact({ ...sellerRef, context, decide: (state) => enrolSeller(at, state) });
  const rules = {
    ...{ name: 'Hot', discount: { kind: 'percentage', percentBps: 1_000 } as const },
    ...{ minimumSpendMinor: '0', codeType: 'storewide' as const, productIds: [] },
    ...{ currency: 'USD', redeemableFrom: OPENED_AT, redeemableUntil: '2026-12-31T00:00:00.000Z' },
    ...{ totalLimit: 100_000_000, perBuyerLimit: 5 },
  };
  const created = { ...at, codeId, ...rules, buyerKeyId: 'k1' };
  const enabled = {
    ...{ codeId, occurredAt: OPENED_AT, now: context.now, defaultChannel: null },
    reward: { kind: 'rate' as const, rateBps: 500 },
  };
  const made = await runner.transact({
    ...code,
    context,
    decide: (state, [{ state: owner }]) => createCode(created, state, { seller: owner }),
  });
  if (made.outcome === 'refused') throw new Error(made.refusal.refused);
  const on = await runner.transact({
    ...code,
    context,
    decide: (state, [{ state: owner }]) => enableAffiliate(enabled, state, { seller: owner }),
  });
  if (on.outcome === 'refused') throw new Error(on.refusal.refused);
}

export async function reserveOn(runner: Runner, codeId: string, index: number) {
  const context = contextNow();
  const orderId = `o${1_000_000 + index}`;
  const line = { lineId: '1', productId: 'p1', quantity: 1 };
  const command = {
    content: {
      ...{ sellerId: SELLER, orderId, text: 'HOTCODE', currency: 'USD', paidAt: PAID_AT },
      buyer: hashOf(`buyer${index >> 1}`, 'base64url').slice(0, 22),
      lines: [{ ...line, listMinor: '12000', paidMinor: '10000' }],
    },
    contentHash: hashOf(orderId, 'hex'),
    holder: {
      ...{ sellerId: SELLER, codeId, taskId: `${codeId}.default`, text: 'HOTCODE' },
      ...{ payeeId: 'ada', promoterId: null },
    },
    isSelfPurchase: false,
    judgedOn: ['issuedCode-HOTCODE@0'],
    now: context.now,
  };
  const { outcome } = await runner.transact({
    decider: promoCode,
    stream: promoCodeStream(codeId),
    related: [sellerRef] as const,
    context,
    decide: (state, [{ state: owner }]) => reserveRedemption(command, state, { seller: owner }),
  });
  if (outcome !== 'stored') throw new Error(`${orderId} was ${outcome}`);
}

const hashOf = (text: string, encoding: 'hex' | 'base64url') =>
  createHash('sha256').update(text).digest(encoding);

export function contextNow() {
  const id = randomUUID();
  return {
    actor: 'bench:load',
    correlationId: id,
    causationId: id,
    now: new Date().toISOString(),
  };
}
