// Reads a log through its reader and checks that every event is in its canonical form and has the
// id that follows from it: what there is to check where the store keeps no chain of its own. Names
// the first event that differs; whether events are missing is told by whoever follows the log.
import { eventRef } from '#ledger/streams.ts';
import { canonicalText } from './canonical-event.ts';
import { IdSequence } from './id-sequence.ts';
import { type EventLogReader, type EventText, type Place, START } from './port.ts';
import type { Verified } from './verify-stored.ts';

const PAGE = 2_000;

/** Rejects with StoreUnavailable when the log cannot be read to its end. */
export async function verifyLog(
  log: EventLogReader,
  onProgress: (events: number) => void = () => undefined,
): Promise<Omit<Verified, 'chain'>> {
  const ids = new IdSequence();
  let after: Place = START;
  for (;;) {
    const page = await log.readAllText({ after, limit: PAGE });
    for (const event of page) {
      const what = wrongWith(event, ids);
      if (what === undefined) continue;
      const ref = eventRef(event.stream, event.revision);
      return { events: event.logIndex, difference: { ref, what } };
    }
    const last = page.at(-1);
    if (last === undefined) return { events: after.logIndex + 1 };
    after = last;
    onProgress(last.logIndex + 1);
  }
}

function wrongWith(event: EventText, ids: IdSequence): string | undefined {
  try {
    canonicalText(event);
  } catch {
    return 'is not stored in its canonical form';
  }
  return ids.follows(event) ? undefined : 'has an id that does not follow from what it says';
}
