// Decides the commands that wait in a stream's mailbox, in order, each on the state that the ones
// before it leave. Synchronous: nobody sees the state until the batch is stored. A command that
// throws fails alone; the state is never evolved by it.
import { canonicalJson } from '#ledger/canonical-json.ts';
import { type AnyEvent, isRefusal, refuse } from '#ledger/decider.ts';
import { appendBytes } from './canonical-event.ts';
import type { Batch, Command, Judged } from './command.ts';
import type { Metadata } from '#ledger/metadata.ts';
import { eventId } from './event-id.ts';
import type { AnyFolded } from './folded-stream.ts';
import {
  type AppendedEvent,
  AppendTooLarge,
  type CanonicalParts,
  MAX_APPEND_BYTES,
} from './port.ts';
import type { StreamSlot } from './stream-slots.ts';
import type { Loaded } from './transaction.ts';

/** A batch is cut here, so that deciding never holds the loop up. */
const MAX_EVENTS = 1_000;
const MAX_MILLISECONDS = 8;
const CLOCK_EVERY = 8;

interface Proposal {
  readonly judged: Judged;
  readonly events: readonly AppendedEvent[];
  readonly bytes: number;
}

/** Takes what it decides from the slot's queue; stops before a command that is not ready. */
export function decideBatch(
  slot: StreamSlot,
  isReady: (command: Command, isFirst: boolean) => boolean,
): Batch {
  const after = slot.folded?.revision ?? -1;
  const judged: Judged[] = [];
  const events: AppendedEvent[] = [];
  const until = performance.now() + MAX_MILLISECONDS;
  const isLate = () => judged.length % CLOCK_EVERY === 0 && performance.now() > until;
  const isFull = () => judged.length > 0 && (events.length >= MAX_EVENTS || isLate());
  let bytes = 0;
  while (slot.queue.length > 0 && !isFull()) {
    const command = slot.queue[0]!;
    try {
      if (!isReady(command, judged.length === 0)) break;
      const proposal = propose(slot.folded!, command);
      if (events.length > 0 && bytes + proposal.bytes > MAX_APPEND_BYTES) break;
      for (const event of proposal.events) foldOrDrop(slot, event);
      judged.push(proposal.judged);
      events.push(...proposal.events);
      bytes += proposal.bytes;
    } catch (error) {
      command.reject(error);
    }
    slot.queue.shift();
    if (slot.folded === undefined) return undone(slot, judged, after);
  }
  return { slot, after, judged, events };
}

function propose(folded: AnyFolded, command: Command): Proposal {
  const { transaction, metadata, related } = command;
  const { revision } = folded;
  const known = keyed(folded, command);
  if (known !== undefined) return { judged: known, events: [], bytes: 0 };
  const decision = transaction.decide(
    folded.state,
    related.map((slot): Loaded<unknown> => {
      return { state: slot.folded!.state, revision: slot.folded!.expected };
    }),
  );
  if (isRefusal(decision)) {
    const judged = { command, revision, verdict: 'refused', refusal: decision } as const;
    return { judged: { ...judged, isCertain: false }, events: [], bytes: 0 };
  }
  if (decision.events.length === 0)
    return { judged: { command, revision, verdict: 'unchanged' }, events: [], bytes: 0 };
  const events = newEvents(transaction.stream, metadata, decision.events);
  const bytes = events.reduce((sum, { canonical }) => sum + appendBytes(canonical), 0);
  if (bytes > MAX_APPEND_BYTES)
    throw new AppendTooLarge(`${transaction.stream}: one command of ${bytes} bytes`);
  const last = revision + events.length;
  return { judged: { command, revision: last, verdict: 'accepted', events }, events, bytes };
}

/** What the command's idempotency key alone decides, if it was used before. */
function keyed(folded: AnyFolded, command: Command): Judged | undefined {
  const { idempotencyKey, requestHash } = command.metadata;
  const use = idempotencyKey === undefined ? undefined : folded.keys.get(idempotencyKey);
  if (use === undefined) return undefined;
  const { revision } = folded;
  if (use.requestHash === requestHash) return { command, revision, verdict: 'repeated', use };
  const refusal = refuse('idempotency_key_must_not_be_reused', { idempotencyKey });
  return { command, revision, verdict: 'refused', refusal, isCertain: true };
}

function newEvents(
  stream: string,
  metadata: Metadata,
  decided: readonly AnyEvent[],
): readonly (AppendedEvent & { readonly canonical: CanonicalParts })[] {
  const key = metadata.idempotencyKey;
  const canonicalMetadata = canonicalJson(metadata);
  return decided.map(({ type, data }, ordinal) => {
    const canonicalData = canonicalJson(data);
    const id = eventId({ stream, type, key, ordinal, canonicalData });
    const canonical = { data: canonicalData, metadata: canonicalMetadata };
    return { id, type, data, metadata, canonical };
  });
}

/** A fold that throws may have left half of its work in the state: nobody may use it again. */
function foldOrDrop(slot: StreamSlot, event: AppendedEvent): void {
  try {
    slot.folded!.fold(event);
  } catch (error) {
    slot.folded = undefined;
    throw error;
  }
}

/** The commands decided so far go back into the queue, to be decided on the state read anew. */
function undone(slot: StreamSlot, judged: readonly Judged[], after: number): Batch {
  slot.queue.unshift(...judged.map(({ command }) => command));
  return { slot, after, judged: [], events: [] };
}
