// For specs of projections: given events, the rows in a real store. Every case is fed twice, event
// by event and all in one batch, and both must end in the same rows.
import type { EventOf, EventType } from '#ledger/events.ts';
import { ArrayLog } from './array-log.ts';
import type { Feed } from './feed.ts';
import type { Projection, RowOf, Table } from './projection.ts';
import { ReadStore } from './read-store.ts';

export type GivenEvent = {
  [T in EventType]: readonly [stream: string, type: T, data: EventOf<T>['data']];
}[EventType];

export interface GivenRows {
  /** All rows of a table, in key order. */
  of<T extends Table>(table: T): readonly RowOf<T>[];
}

export function given(projection: Projection, events: readonly GivenEvent[]): GivenRows {
  const log = new ArrayLog();
  for (const [stream, type, data] of events) log.add(stream, type, data);
  const oneByOne = fed(projection, log, 1);
  const together = fed(projection, log, Infinity);
  const [left, right] = [oneByOne, together].map((store) => hashOf(store, projection));
  if (left !== right) throw new Error(`${projection.name} gives other rows when replayed`);
  const readModel = together.readModel();
  return {
    of: <T extends Table>(table: T) =>
      readModel
        .all(`SELECT * FROM ${table.name} ORDER BY ${table.key.join(', ')}`)
        .map((row) => ({ ...row })) as RowOf<T>[],
  };
}

function fed(projection: Projection, { logId, events }: ArrayLog, pageEvents: number): ReadStore {
  const store = new ReadStore({ file: ':memory:', logId, projections: [projection] });
  store.switchToRebuilt();
  const live = store.live as Feed;
  const page = Math.min(pageEvents, events.length);
  for (let from = 0; from < events.length; from += page)
    live.apply(events.slice(from, from + page));
  return store;
}

const hashOf = (store: ReadStore, { name }: Projection) => store.readModel().stateHash(name);
