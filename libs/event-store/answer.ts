// What a command is told once its batch is stored. A function of the command's events, so that a
// repeat is told the same.
import type { AnyEvent } from '#ledger/decider.ts';
import type { Judged } from './command.ts';
import type { EventStore, NewEvent, Position } from './port.ts';
import type { StreamSlot } from './stream-slots.ts';
import type { EventInStream } from './transaction.ts';

/** `position` is one at which the stream holds all that was decided on and stored. */
export function answer(
  { slot, judged, position }: { slot: StreamSlot; judged: Judged; position: Position },
  store: EventStore,
): void {
  const { resolve, reject } = judged.command;
  if (judged.verdict === 'refused') {
    resolve({ outcome: 'refused', refusal: judged.refusal });
    return;
  }
  const revision = judged.revision < 0 ? 'no_stream' : judged.revision;
  const known = { state: slot.folded?.state as unknown, revision, position } as const;
  if (judged.verdict === 'unchanged') {
    resolve({ outcome: 'unchanged', events: [], ...known });
  } else if (judged.verdict === 'accepted') {
    const first = judged.revision - judged.events.length + 1;
    const events = judged.events.map((event, i) => inStream(event, slot.stream, first + i));
    resolve({ outcome: 'stored', events, ...known });
  } else {
    const range = { from: judged.use.revision, limit: judged.use.count };
    store
      .readStream(slot.stream, range)
      .then((events) => resolve({ outcome: 'repeated', events, ...known }))
      .catch(reject);
  }
}

function inStream(event: NewEvent, stream: string, revision: number): EventInStream<AnyEvent> {
  const { id, type, data, metadata } = event;
  return { id, type, data, metadata, stream, revision };
}
