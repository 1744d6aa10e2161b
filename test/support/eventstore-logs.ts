// What the tests of this store share: a double for each test, logs on it that are closed with it,
// the bare client for what other applications do there, and waiting for a condition.
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type DoubleOptions,
  type EventStoreDouble,
  startEventStoreDouble,
} from './eventstore-double/double.ts';
import { metadata } from '#event-store/contract/log.ts';
import type { EventStoreDbSource } from '#event-store/log-source.ts';
import type { EventLogReader } from '#event-store/port.ts';
import type { Patience } from '#event-store/eventstoredb/connection.ts';
import type { EventStoreDbReader } from '#event-store/eventstoredb/eventstoredb-reader.ts';
import type { EventStoreDbStore } from '#event-store/eventstoredb/eventstoredb-store.ts';
import {
  openEventStoreDb,
  openEventStoreDbReader,
  type OpenOptions,
} from '#event-store/eventstoredb/open.ts';

/** Long enough for an answer on a busy machine, short enough to wait for in a test. */
export const IMPATIENT: OpenOptions = {
  startMs: 3_000,
  patience: { callMs: 600, retryMs: 3_000, heartbeatMs: 60_000 },
};

export interface Place {
  readonly double: EventStoreDouble;
  /** On the double, unless another connection is given. */
  readonly open: (
    over?: Partial<EventStoreDbSource>,
    patience?: Partial<Patience>,
  ) => Promise<EventStoreDbStore>;
  readonly openReader: (over?: Partial<EventStoreDbSource>) => Promise<EventStoreDbReader>;
  /** On another double, which is stopped with this one. */
  readonly openElsewhere: () => Promise<{ store: EventStoreDbStore; double: EventStoreDouble }>;
  /** Another application on the same server. */
  readonly others: Others;
}

/** Before each test a server of its own, after it all is closed. */
export function onDouble(options?: DoubleOptions): () => Place {
  let double: EventStoreDouble;
  let place: Place;
  let opened: EventLogReader[];
  let doubles: EventStoreDouble[];
  beforeEach(async () => {
    double = await startEventStoreDouble(options);
    opened = [];
    doubles = [double];
    const source = (over: Partial<EventStoreDbSource> = {}): EventStoreDbSource => ({
      ...{ kind: 'eventstoredb', connection: double.connection, prefix: 'ledger.' },
      ...over,
    });
    const kept = <R extends EventLogReader>(reader: R) => (opened.push(reader), reader);
    place = {
      double,
      open: async (over, patience) => {
        const options = { ...IMPATIENT, patience: { ...IMPATIENT.patience, ...patience } };
        return kept(await openEventStoreDb(source(over), options));
      },
      openReader: async (over) => kept(await openEventStoreDbReader(source(over), IMPATIENT)),
      openElsewhere: async () => {
        const elsewhere = await startEventStoreDouble();
        doubles.push(elsewhere);
        return { store: await place.open({ connection: elsewhere.connection }), double: elsewhere };
      },
      others: new Others(double.connection),
    };
  });
  afterEach(async () => {
    await double.faults.clear();
    await Promise.all(opened.map((reader) => reader.close()));
    await place.others.close();
    await Promise.all(doubles.map((each) => each.stop()));
  });
  return () => place;
}

/** The bare client, as anybody uses it. */
export class Others {
  readonly client: EventStoreDBClient;

  constructor(connection: string) {
    this.client = EventStoreDBClient.connectionString(connection);
  }

  /** As the ledger would write it, unless another form is given. */
  async append(stream: string, count = 1, over: object = {}): Promise<void> {
    const events = Array.from({ length: count }, () =>
      jsonEvent({ id: randomUUID(), type: 'Noted', data: { note: 'x' }, metadata, ...over }),
    );
    await this.client.appendToStream(stream, events, { credentials: NOBODY });
  }

  close(): Promise<void> {
    return this.client.dispose();
  }
}

const NOBODY = { username: 'nobody', password: '' };

const LONGEST_WAIT_MS = 25_000;

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${String(isTrue)}`);
    await pause(5);
  }
}
