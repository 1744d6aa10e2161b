import fc from 'fast-check';
import { OrderEvent } from '#ledger/order.events.ts';
import { postings } from '#ledger/postings.ts';
import { toSignedMinor } from '#ledger/values.ts';
import { isRefusal } from '#ledger/decider.ts';
import { order } from '#ledger/order.ts';
import type { OrderState } from '#ledger/order.ts';
import {
  anyLife,
  balancesOf,
  cancel,
  commissionOf,
  confirm,
  decide,
  hold,
  lifeOf,
  live,
  movementOf,
  refund,
  release,
} from './order-lives.ts';
import type { Fact } from './order-lives.ts';

const runs = { numRuns: 1_000 };
const held = 'payee:ada:held';
const pending = 'payee:ada:pending';

/** What remains of the eligible lines by the events alone: the tests' own bookkeeping. */
function remainingOf(events: readonly OrderEvent[]): ReadonlyMap<string, bigint> {
  const remaining = new Map<string, bigint>();
  const eligible = new Set<string>();
  const change = (amounts: readonly { lineId: string; amountMinor: string }[], sign: bigint) => {
    for (const { lineId, amountMinor } of amounts)
      if (eligible.has(lineId))
        remaining.set(lineId, remaining.get(lineId)! + sign * BigInt(amountMinor));
  };
  for (const { type, data } of events) {
    if (type === 'OrderAttributed')
      for (const line of data.verdict.lines.filter((each) => each.eligible)) {
        eligible.add(line.lineId);
        remaining.set(line.lineId, BigInt(line.paidMinor));
      }
    if (type === 'OrderRefunded') change(data.spread, -1n);
    if (type === 'RefundCancelled') change(data.restored, 1n);
    if (type === 'OrderInvalidated') for (const lineId of eligible) remaining.set(lineId, 0n);
  }
  return remaining;
}

const sum = (nets: ReadonlyMap<string, bigint>) =>
  String([...nets.values()].reduce((total, net) => total + net, 0n));

function planOf(events: readonly OrderEvent[]) {
  const attributed = events.find((event) => event.type === 'OrderAttributed');
  if (!attributed) throw new Error('the life holds an attribution');
  return attributed.data.verdict.plan;
}

const isHeldAfter = (events: readonly OrderEvent[]) =>
  events.findLast(({ type }) => type === 'CommissionHeld' || type === 'CommissionReleased')
    ?.type === 'CommissionHeld';

describe('at every place in the life of an order', () => {
  it('each event can be stored, and what it posts adds up to zero', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        for (const event of live(facts).events) {
          expect(OrderEvent.parse(event)).toEqual(event);
          const amounts = postings(event).map(({ amountMinor }) => amountMinor);
          expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
          expect(amounts).not.toContain(0n);
        }
      }),
      runs,
    );
  });

  it('the accounts hold exactly what the remaining net earns, in one place', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        const { events } = live(facts);
        for (let count = 1; count <= events.length; count++) {
          const sofar = events.slice(0, count);
          const balances = balancesOf(sofar);
          const isConfirmed = sofar.some(({ type }) => type === 'OrderConfirmed');
          const owed = isConfirmed
            ? commissionOf(planOf(events), [...remainingOf(sofar).values()])
            : 0n;
          const here = isHeldAfter(sofar) ? held : pending;
          expect(balances[here] ?? 0n).toBe(owed);
          expect(balances[here === held ? pending : held] ?? 0n).toBe(0n);
          expect(balances['seller:connect:commission'] ?? 0n).toBe(-owed);
        }
      }),
      runs,
    );
  });

  it('no line has less than nothing left, nor more than it paid', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        for (let count = 1; count <= facts.length; count++) {
          const { state } = live(facts.slice(0, count));
          if (!('lines' in state)) continue;
          for (const { lineId, paidMinor } of state.verdict.lines) {
            const remaining = state.lines.get(lineId)?.remaining;
            expect(remaining).toBeGreaterThanOrEqual(0n);
            expect(remaining).toBeLessThanOrEqual(BigInt(paidMinor));
          }
        }
      }),
      runs,
    );
  });

  it('an amount can be computed again from its event alone', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        for (const event of live(facts).events) {
          const movement = movementOf(event);
          if (!movement) continue;
          const { plan, lines, net } = movement;
          const [before, after] =
            plan.kind === 'rate'
              ? [lines.map((line) => line.beforeMinor), lines.map((line) => line.afterMinor)]
              : [[net.beforeMinor], [net.afterMinor]];
          const amount =
            commissionOf(plan, after.map(BigInt)) - commissionOf(plan, before.map(BigInt));
          expect(toSignedMinor(amount)).toBe(movement.amountMinor);
          expect(amount).not.toBe(0n);
        }
      }),
      runs,
    );
  });

  it('the base of a movement is what remained before and after it', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        const { events } = live(facts);
        for (const [index, event] of events.entries()) {
          const movement = movementOf(event);
          if (!movement) continue;
          const isWhole = /Confirmed|Held|Released/.test(event.type);
          const before = isWhole ? new Map() : remainingOf(events.slice(0, index));
          const after = remainingOf(events.slice(0, index + 1));
          for (const line of movement.lines) {
            expect(BigInt(line.beforeMinor)).toBe(before.get(line.lineId) ?? 0n);
            expect(BigInt(line.afterMinor)).toBe(after.get(line.lineId));
          }
          expect(movement.net).toEqual({ beforeMinor: sum(before), afterMinor: sum(after) });
        }
      }),
      runs,
    );
  });
});

describe('refunds are cumulative', () => {
  const split = lifeOf(fc.oneof(refund, refund, cancel, confirm, hold, release));

  it('whatever the split, a full refund ends at exactly zero and nothing is ever below', () => {
    fc.assert(
      fc.property(split, (facts) => {
        const rest: Fact[] = [
          { kind: 'confirm', at: '2026-02-01T00:00:00.000Z' },
          {
            kind: 'refund',
            id: '0',
            at: '2026-03-01T00:00:00.000Z',
            request: { kind: 'everything' },
          },
        ];
        const { events, state } = live([...facts, ...rest]);
        for (let count = 1; count <= events.length; count++) {
          const balances = balancesOf(events.slice(0, count));
          expect(balances[pending] ?? 0n).toBeGreaterThanOrEqual(0n);
          expect(balances[held] ?? 0n).toBeGreaterThanOrEqual(0n);
        }
        expect(Object.values(balancesOf(events)).every((balance) => balance === 0n)).toBe(true);
        const left = 'lines' in state ? [...state.lines.values()] : [];
        expect(left.every(({ remaining }) => remaining === 0n)).toBe(true);
      }),
      runs,
    );
  });

  it('when all refunds are cancelled, the order earns what it earned at first', () => {
    fc.assert(
      fc.property(split, (facts) => {
        const cancels = [...'123456789'].map((id): Fact => ({
          kind: 'cancel',
          id,
          at: '2026-03-01T00:00:00.000Z',
        }));
        const { events } = live([...facts, ...cancels]);
        const attributed = events.find((event) => event.type === 'OrderAttributed')!;
        const nets = attributed.data.verdict.lines
          .filter((line) => line.eligible)
          .map((line) => BigInt(line.paidMinor));
        const isConfirmed = events.some(({ type }) => type === 'OrderConfirmed');
        const earned = isConfirmed ? commissionOf(attributed.data.verdict.plan, nets) : 0n;
        expect(balancesOf(events)['seller:connect:commission'] ?? 0n).toBe(-earned);
      }),
      runs,
    );
  });
});

describe('when money may be stated', () => {
  it('nothing is taken back before it was given, at any time', () => {
    const withoutCancels = lifeOf(fc.oneof(refund, refund, confirm, hold, release));
    fc.assert(
      fc.property(withoutCancels, (facts) => {
        const stated = live(facts).events.flatMap((event) => {
          const clearsAt = movementOf(event)?.clearsAt;
          return postings(event)
            .filter(({ account }) => account === pending)
            .map(({ amountMinor }) => ({ amountMinor, clearsAt: clearsAt! }));
        });
        for (const { clearsAt: at } of stated) {
          const cleared = stated.filter(({ clearsAt }) => clearsAt <= at);
          const balance = cleared.reduce((total, { amountMinor }) => total + amountMinor, 0n);
          expect(balance).toBeGreaterThanOrEqual(0n);
        }
      }),
      runs,
    );
  });

  it('nothing clears before its own time, nor before the order cleared at first', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        const { events } = live(facts);
        const confirmed = events.find((event) => event.type === 'OrderConfirmed');
        for (const event of events) {
          const clearsAt = movementOf(event)?.clearsAt;
          if (clearsAt === undefined) continue;
          expect(clearsAt >= event.data.occurredAt).toBe(true);
          expect(clearsAt >= confirmed!.data.clearsAt).toBe(true);
        }
      }),
      runs,
    );
  });
});

describe('deciding', () => {
  it('the same fact again gives no events, and a refused one the same refusal', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        let state: OrderState = order.initial();
        for (const fact of facts) {
          const decision = decide(fact, state);
          if (!isRefusal(decision)) state = decision.events.reduce(order.evolve, state);
          expect(decide(fact, state)).toEqual(isRefusal(decision) ? decision : { events: [] });
        }
      }),
      runs,
    );
  });

  it('a fact with an id of its own is a repeat for ever', () => {
    fc.assert(
      fc.property(anyLife, (facts) => {
        const { state } = live(facts);
        const taken: Fact[] = [];
        let sofar: OrderState = order.initial();
        for (const fact of facts) {
          const decision = decide(fact, sofar);
          if (isRefusal(decision)) continue;
          sofar = decision.events.reduce(order.evolve, sofar);
          if (fact.kind !== 'hold' && fact.kind !== 'release') taken.push(fact);
        }
        const again = taken.map((fact) => decide(fact, state));
        expect(again).toEqual(taken.map(() => ({ events: [] })));
      }),
      runs,
    );
  });

  it('leaves the state that it judges as it was', () => {
    fc.assert(
      fc.property(anyLife, fc.nat(), (facts, place) => {
        const { state } = live(facts.slice(0, place % facts.length));
        const before = structuredClone(state);
        decide(facts[place % facts.length]!, state);
        expect(state).toEqual(before);
      }),
      runs,
    );
  });
});
