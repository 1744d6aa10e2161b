// What a handler gives back, over HTTP or in process: what was written, or the refusal. Both are
// values; `edge.ts` turns them into a body with headers or into a problem document.
import { z } from 'zod';
import type { AnyEvent, Refusal } from '#ledger/decider.ts';
import { eventRef } from '#ledger/streams.ts';
import { EventRef, Timestamp } from '#ledger/values.ts';
import type { Position, RecordedEvent } from '#event-store/port.ts';
import type { Transacted } from '#event-store/runner.ts';

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

/** The events that a command stored, or had stored when it first came; none when it was done already. */
export const Receipt = z
  .strictObject({
    events: z.array(
      z.strictObject({ event: EventRef, type: z.string(), occurredAt: Timestamp.nullable() }),
    ),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

export const receipt = (events: readonly RecordedEvent[]): Receipt => ({
  events: events.map(({ stream, revision, type, data }) => ({
    event: eventRef(stream, revision),
    type,
    occurredAt: 'occurredAt' in data ? String(data.occurredAt) : null,
  })),
});

type Done<S, E extends AnyEvent> = Exclude<Transacted<S, E, string>, { outcome: 'refused' }>;

/** A transaction's answer: the receipt, or what the slice makes of it. */
export async function answered<S, E extends AnyEvent>(
  transacting: Promise<Transacted<S, E, string>>,
): Promise<Answer<Receipt>>;
export async function answered<S, E extends AnyEvent, B>(
  transacting: Promise<Transacted<S, E, string>>,
  bodyOf: (done: Done<S, E>) => B | Promise<B>,
): Promise<Answer<B>>;
export async function answered<S, E extends AnyEvent, B>(
  transacting: Promise<Transacted<S, E, string>>,
  bodyOf?: (done: Done<S, E>) => B | Promise<B>,
): Promise<Answer<B | Receipt>> {
  const result = await transacting;
  if (result.outcome === 'refused') return new Refused(result.refusal);
  const body = bodyOf === undefined ? receipt(result.events) : await bodyOf(result);
  return new Written(body, result.position, result.outcome === 'repeated');
}
