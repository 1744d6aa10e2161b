// Appends through the port, each acknowledged once durable: one at a time, 64 in flight, 100 events
// an append. On EventStoreDB the bare client does the same in turns with it, in the same run and on
// the same server, so that the ratio does not depend on what else the machine is doing.
import { randomUUID } from 'node:crypto';
import { openEventStore } from '#event-store/log-source.ts';
import { type BareClient, openBareClient } from './bare-client.ts';
import { newEvents } from './bench-event.ts';
import { type Figure, figuresOf, type Run, timed } from './figure.ts';
import { type BenchOptions, eventStoreUrl } from './options.ts';
import { inWorkplace, type Workplace } from './workplace.ts';

interface Shape {
  readonly name: string;
  readonly appends: number;
  readonly inFlight: number;
  readonly events: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'appends one at a time', appends: 3_000, inFlight: 1, events: 1 },
  { name: 'appends, 64 in flight', appends: 30_000, inFlight: 64, events: 1 },
  { name: 'appends of 100 events, 8 in flight', appends: 1_200, inFlight: 8, events: 100 },
];

/** The bare client and the store take turns this often. */
const TURNS = 6;
const RATIO_AT_LEAST = 0.8;

export async function* append(options: BenchOptions): AsyncIterable<Figure> {
  yield* await inWorkplace(options, async (workplace) => {
    const { store } = options;
    const bare = store === 'eventstoredb' ? openBareClient(eventStoreUrl()) : undefined;
    const appenders = await appendersOf(workplace, bare);
    try {
      const figures: Figure[] = [];
      for (const shape of SHAPES)
        figures.push(...(await measured(appenders, scaled(shape, options.scale))));
      return figures;
    } finally {
      await appenders.close();
    }
  });
}

const scaled = (shape: Shape, scale: number): Shape => ({
  ...shape,
  appends: Math.ceil(shape.appends * scale),
});

type Append = (stream: string, events: number) => Promise<unknown>;

interface Appenders {
  readonly store: Append;
  /** The bare client's two ways, where there is one. */
  readonly unary?: Append;
  readonly batched?: Append;
  close(): Promise<void>;
}

async function appendersOf(workplace: Workplace, bare?: BareClient): Promise<Appenders> {
  const store = await openEventStore(workplace.log);
  return {
    store: (stream, events) => store.append(stream, 'no_stream', newEvents(events)),
    ...(bare && {
      unary: (stream, events) => bare.append(stream, newEvents(events)),
      batched: (stream, events) => bare.appendBatched(stream, newEvents(events)),
    }),
    close: async () => {
      await store.close();
      await bare?.close();
    },
  };
}

async function measured(appenders: Appenders, shape: Shape): Promise<Figure[]> {
  const { name, appends, inFlight, events } = shape;
  const ways = [appenders.unary, appenders.batched, appenders.store];
  const runs: Run[][] = ways.map(() => []);
  for (let turn = -1; turn < TURNS; turn += 1) {
    for (const [at, way] of ways.entries()) {
      if (!way) continue;
      const tag = randomUUID().slice(0, 8);
      const count = Math.ceil(appends / TURNS);
      const one = (index: number) => way(`task-${tag}/${index}`, events);
      const run = await timed(count, inFlight, one);
      // The first turn warms up.
      if (turn >= 0) runs[at]!.push(run);
    }
  }
  const [unary, batched, store] = runs.map((each) =>
    each.length === 0 ? undefined : together(each),
  );
  const label = (of: string) => `${name}${of}`;
  const figures = [...figuresOf(label(''), inEvents(store!, events))];
  if (!unary || !batched) return figures;
  figures.push(
    { name: label(', bare client, unary'), value: unary.perSecond * events, unit: '/s' },
    { name: label(', bare client, unary, CPU'), value: unary.cpuMicroseconds, unit: 'µs each' },
    { name: label(', bare client, batched'), value: batched.perSecond * events, unit: '/s' },
    {
      name: label(', share of the bare unary rate'),
      ...{ value: store!.perSecond / unary.perSecond, unit: '' },
      target: { atLeast: RATIO_AT_LEAST },
    },
  );
  return figures;
}

const inEvents = (run: Run, events: number): Run => ({ ...run, perSecond: run.perSecond * events });

/** Turns of the same number of operations as one run; the middle turn's latencies stand for all. */
function together(runs: readonly Run[]): Run {
  const mean = (of: (run: Run) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const middle = (of: (run: Run) => number) =>
    runs.map(of).sort((a, b) => a - b)[runs.length >> 1]!;
  return {
    perSecond: 1 / mean((run) => 1 / run.perSecond),
    p50: middle((run) => run.p50),
    p99: middle((run) => run.p99),
    cpuMicroseconds: mean((run) => run.cpuMicroseconds),
  };
}
