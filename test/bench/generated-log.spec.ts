import { describe, expect, it } from '@jest/globals';
import { START } from '#event-store/port.ts';
import { canonicalJson } from '#ledger/canonical-json.ts';
import { LedgerEvent } from '#ledger/events.ts';
import type { Movement } from '#ledger/order.events.ts';
import { earned } from '#ledger/reward.ts';
import { closingIn, GeneratedLog } from './generated-log.ts';

describe('a generated log', () => {
  const log = new GeneratedLog({ seed: 7, payees: 10, entries: [50, 25] });

  it('holds events of the ledger, each in canonical form', async () => {
    const events = await log.readAllText({ after: START });
    expect(events).toHaveLength(1 + 50 + 1 + 25 + 1);
    for (const { type, data } of events) {
      const event = LedgerEvent.parse({ type, data: JSON.parse(data) });
      expect(canonicalJson(event.data)).toBe(data);
    }
  });

  it('states what base and plan give', async () => {
    const movements = (await log.readAll({ types: ['OrderConfirmed', 'OrderRefunded'] })).map(
      ({ data }) => (data as { movement: Movement }).movement,
    );
    expect(movements).toHaveLength(75);
    for (const { plan, lines, amountMinor } of movements) {
      const of = (bases: readonly string[]) => earned(plan, bases.map(BigInt));
      const after = of(lines.map((line) => line.afterMinor));
      const before = of(lines.map((line) => line.beforeMinor));
      expect(BigInt(amountMinor)).toBe(after - before);
    }
  });

  it('counts without a gap, reads on from any place, and closes both periods', async () => {
    const all = await log.readAllText();
    expect(all.map(({ logIndex }) => logIndex)).toEqual(all.map((_, index) => index));
    expect(await log.readAllText({ after: all[20]! })).toEqual(all.slice(21));
    const closed = all.filter(({ type }) => type === 'PeriodClosed');
    expect(closed.map(({ logIndex }) => logIndex)).toEqual(
      ([0, 1] as const).map((period) => closingIn(log, period).cutoffLogIndex),
    );
  });

  it('is the same log before its second period, which ends with the first closing', async () => {
    const earlier = new GeneratedLog({ seed: 7, payees: 10, entries: [50, 25] }, 0);
    expect(earlier.logId).toBe(log.logId);
    const events = await earlier.readAllText();
    expect(events).toEqual((await log.readAllText()).slice(0, 52));
    const { stream, revision, id } = events.at(-1)!;
    expect((await log.readStream(stream, { from: revision })).map((event) => event.id)).toEqual([
      id,
    ]);
  });
});
