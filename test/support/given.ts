// Given events, when a command, then events or a refusal: how the decisions of the ledger are
// tested. A ladder starts with every fault; each rung names the refusal and mends its fault.
import { isRefusal } from '#ledger/decider.ts';
import type { AnyEvent, Decider, Decision } from '#ledger/decider.ts';
import type { Timing } from '#ledger/time.ts';

/** The clock of every test: long after what happens in them. */
export const NOW = '2026-06-01T00:00:00.000Z';

/** A moment of January 2026; the hour is 10 unless said. */
export const on = (day: number, time = '10:00') =>
  `2026-01-${String(day).padStart(2, '0')}T${time}:00.000Z`;

export const at = (occurredAt: string, now = NOW): Timing => ({ occurredAt, now });

export function given<S, E extends AnyEvent>(decider: Decider<S, E>, ...events: readonly E[]): S {
  return events.reduce(decider.evolve, decider.initial());
}

/** The events of a decision that must not be refused. */
export function eventsOf<E extends AnyEvent>(decision: Decision<E, string>): readonly E[] {
  if (isRefusal(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`);
  return decision.events;
}

/** The code of a refusal, or the types of the events, or that nothing changes. */
export function outcomeOf(decision: Decision<AnyEvent, string>): string {
  if (isRefusal(decision)) return decision.refused;
  return decision.events.map(({ type }) => type).join(', ') || 'unchanged';
}

/** Walks from the worst world to one in which the command is done: the outcome before each mend. */
export function expectLadder<W extends object>(
  worst: W,
  decide: (world: W) => Decision<AnyEvent, string>,
  ...rungs: readonly (readonly [outcome: string, mend: Partial<W>])[]
): void {
  let world = worst;
  for (const [outcome, mend] of rungs) {
    expect(outcomeOf(decide(world))).toBe(outcome);
    world = { ...world, ...mend };
  }
  expect(isRefusal(decide(world))).toBe(false);
}
