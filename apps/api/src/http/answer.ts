// What a handler gives back, over HTTP or in process: what was written, or the refusal. Both are
// values; `edge.ts` turns them into a body with headers or into a problem document.
import { z } from 'zod';
import type { AnyEvent, Refusal } from '#ledger/decider.ts';
import { eventRef } from '#ledger/streams.ts';
import { EventRef, Timestamp } from '#ledger/values.ts';
import type { Position } from '#event-store/port.ts';
import type { Accomplished, Transacted } from '#event-store/transaction.ts';

/** Written, or found written already. `position` makes a later read see it. */
export class Written<B> {
  constructor(
    readonly body: B,
    readonly position: Position,
    readonly isRepeat: boolean = false,
  ) {}
}

/** Nothing was written: what must hold does not. */
export class Refused {
  constructor(readonly refusal: Refusal) {}
}

export type Answer<B> = Written<B> | Refused;

/** The events that a command stored now or when it first came; none when it was done already. */
export const Receipt = z
  .strictObject({
    events: z.array(
      z.strictObject({ event: EventRef, type: z.string(), occurredAt: Timestamp.nullable() }),
    ),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

type StoredEvent = Accomplished<unknown, AnyEvent>['events'][number];

const receipt = (events: readonly StoredEvent[]): Receipt => ({
  events: events.map(({ stream, revision, type, data }) => ({
    event: eventRef(stream, revision),
    type,
    occurredAt: 'occurredAt' in data ? String(data.occurredAt) : null,
  })),
});

/** A transaction's answer: the receipt, or what the slice makes of its events. */
export async function answered<S, E extends AnyEvent, B = Receipt>(
  transacting: Promise<Transacted<S, E, string>>,
  bodyOf?: (done: Accomplished<S, E>) => B | Promise<B>,
): Promise<Answer<B>> {
  const result = await transacting;
  if (result.outcome === 'refused') return new Refused(result.refusal);
  const body = bodyOf === undefined ? (receipt(result.events) as B) : await bodyOf(result);
  return new Written(body, result.position, result.outcome === 'repeated');
}

/** Process work that a write implies, done at once: the answer's position covers it too. */
export async function settled<B>(
  answering: Promise<Answer<B>>,
  settle: () => Promise<Position>,
): Promise<Answer<B>> {
  const answer = await answering;
  if (answer instanceof Refused) return answer;
  const reached = await settle();
  const { body, position, isRepeat } = answer;
  return new Written(body, reached > position ? reached : position, isRepeat);
}
