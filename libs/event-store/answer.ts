// What a command is told once its batch is stored. A function of the command's events, so that a
// repeat is told the same.
import type { AnyEvent } from '#ledger/decider.ts';
import type { AnyTransacted, Judged } from './command.ts';
import type { EventStore, NewEvent, Position } from './port.ts';
import type { StreamSlot } from './stream-slots.ts';
import type { EventInStream } from './transaction.ts';

/** `position` is one at which the stream holds all that was decided on and stored. */
export async function answerOf(
  { slot, judged, position }: { slot: StreamSlot; judged: Judged; position: Position },
  store: EventStore,
): Promise<AnyTransacted> {
  if (judged.verdict === 'refused') return { outcome: 'refused', refusal: judged.refusal };
  const revision = judged.revision < 0 ? 'no_stream' : judged.revision;
  const known = { state: slot.folded?.state as unknown, revision, position } as const;
  if (judged.verdict === 'unchanged') return { outcome: 'unchanged', events: [], ...known };
  if (judged.verdict === 'repeated') {
    const range = { from: judged.use.revision, limit: judged.use.count };
    const events = await store.readStream(slot.stream, range);
    return { outcome: 'repeated', events, ...known };
  }
  const first = judged.revision - judged.events.length + 1;
  const events = judged.events.map((event, i) => inStream(event, slot.stream, first + i));
  return { outcome: 'stored', events, ...known };
}

function inStream(event: NewEvent, stream: string, revision: number): EventInStream<AnyEvent> {
  const { id, type, data, metadata } = event;
  return { id, type, data, metadata, stream, revision };
}
