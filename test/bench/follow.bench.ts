// How far a follower is behind the store while the store takes what it can: from the moment at
// which an append is acknowledged to the moment at which the follower, on a thread with a reader of
// its own, has the event in its hands. An event that it has before then lags nothing.
import { once } from 'node:events';
import { extname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { openEventStore } from '#event-store/log-source.ts';
import { newEvent } from './bench-event.ts';
import { type Figure, timed } from './figure.ts';
import type { FollowRequest } from './follow.worker.ts';
import type { BenchOptions } from './options.ts';
import { inWorkplace, type Workplace } from './workplace.ts';

const EVENTS = { sqlite: 200_000, eventstoredb: 60_000 } as const;
const LAG_P99_MS = 200;

const WORKER = new URL(`./follow.worker${extname(import.meta.url)}`, import.meta.url);

export async function* follow(options: BenchOptions): AsyncIterable<Figure> {
  const count = Math.ceil(EVENTS[options.store] * options.scale);
  yield* await inWorkplace(options, (workplace) => followed(workplace, count));
}

async function followed(workplace: Workplace, count: number): Promise<Figure[]> {
  const store = await openEventStore(workplace.log);
  // Milliseconds of one clock for both threads.
  const seenAt = new Float64Array(new SharedArrayBuffer(8 * count));
  const acknowledgedAt = new Float64Array(count);
  const request: FollowRequest = { source: workplace.log, seenAt };
  const worker = new Worker(WORKER, { workerData: request });
  try {
    await once(worker, 'message');
    const done = once(worker, 'message');
    const taken = await timed(count, 64, async (index) => {
      const event = newEvent();
      const data = { ...event.data, index };
      await store.append(`task-bench${index}`, 'no_stream', [{ ...event, data }]);
      acknowledgedAt[index] = now();
    });
    await done;
    const lags = acknowledgedAt.map((at, index) => Math.max(0, seenAt[index]! - at)).sort();
    const lag = (share: number) => lags[Math.min(count - 1, Math.floor(count * share))]!;
    return [
      {
        name: 'taken by the store while followed, 64 in flight',
        value: taken.perSecond,
        unit: '/s',
      },
      { name: 'lag of the follower, p50', value: lag(0.5), unit: 'ms' },
      {
        ...{ name: 'lag of the follower, p99', value: lag(0.99), unit: 'ms' },
        target: { atMost: LAG_P99_MS },
      },
      { name: 'lag of the follower, most', value: lag(1), unit: 'ms' },
    ];
  } finally {
    await worker.terminate();
    await store.close();
  }
}

const now = () => performance.timeOrigin + performance.now();
