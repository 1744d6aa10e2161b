// Reads streams and folds them, a page at a time with the loop let go in between, beginning at a
// snapshot where there is one. What it gives is the stream's end at the moment of the last read.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AnyFolded, FoldedStream } from './folded-stream.ts';
import type { EventStore } from './port.ts';
import type { SnapshotCache } from './snapshot-cache.ts';
import type { AnyStreamRef } from './transaction.ts';

/** The loop is let go after this much work. */
const MAX_MILLISECONDS = 8;

export class StreamLoader {
  readonly #store: EventStore;
  readonly #snapshots: SnapshotCache | undefined;

  constructor(store: EventStore, snapshots: SnapshotCache | undefined) {
    this.#store = store;
    this.#snapshots = snapshots;
  }

  async load({ decider, stream }: AnyStreamRef): Promise<AnyFolded> {
    const restored =
      decider.snapshot && (await this.#snapshots?.restore(decider, stream, this.#store));
    const folded = restored ?? new FoldedStream(decider);
    await this.catchUp(folded, stream);
    return folded;
  }

  /** Reads on from where the state is to the stream's end. */
  async catchUp(folded: AnyFolded, stream: string): Promise<void> {
    const knownAt = performance.now();
    let since = knownAt;
    for await (const events of this.#store.readToEnd(stream, folded.revision + 1)) {
      for (const event of events) {
        folded.fold(event);
        folded.position = event.position;
      }
      this.#snapshots?.offer(folded, stream);
      if (performance.now() - since < MAX_MILLISECONDS) continue;
      await nextTurn();
      since = performance.now();
    }
    folded.knownAt = knownAt;
  }
}
