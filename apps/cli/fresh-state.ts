// The state that a log gives when every projection is built from its first event on, in a scratch
// file: what live read models, and a copy of the log, are compared with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AllRead, EventLogReader } from '#event-store/port.ts';
import { projections } from '#projections/index.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { ReadStore } from '#read-store/read-store.ts';
import { rebuildSteps } from '#read-store/rebuild.ts';

/** State hashes by projection. */
export type State = ReadonlyMap<string, string>;

export const stateOf = (rows: ReadModel): State =>
  new Map(rows.projections().map(({ projection }) => [projection, rows.stateHash(projection)]));

/** Of the log as it was when its last event was the one at `until`. */
export async function freshState(
  log: EventLogReader,
  until: number,
  onProgress: (done: number, total: number) => void,
): Promise<State> {
  if (until < 0) return new Map();
  const scratch = mkdtempSync(join(tmpdir(), 'promo-ledger-state-'));
  const store = new ReadStore({
    ...{ file: join(scratch, 'read.db'), logId: log.logId, projections },
    checksRevisions: true,
  });
  try {
    const steps = rebuildSteps({
      store,
      reader: upTo(log, until),
      onProgress: ({ done }) => onProgress(done, until + 1),
    });
    while (!(await steps.next()).done) continue;
    return stateOf(store.readModel());
  } finally {
    store.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A rebuild reads facts and nothing else. */
function upTo(log: EventLogReader, until: number): EventLogReader {
  const readAllFacts = async (read?: AllRead) =>
    (await log.readAllFacts(read)).filter(({ logIndex }) => logIndex <= until);
  return Object.assign(Object.create(log) as EventLogReader, { readAllFacts });
}
