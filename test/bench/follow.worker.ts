// The follower of the follow bench: notes when it sees each event, and says so when it has all.
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { type LogSource, openLogReader } from '#event-store/log-source.ts';
import { START } from '#event-store/port.ts';

export interface FollowRequest {
  readonly source: LogSource;
  /** Shared: by the event's own index, in milliseconds. */
  readonly seenAt: Float64Array;
}

const { source, seenAt } = workerData as FollowRequest;
const log = await openLogReader(source);
const enough = new AbortController();
let left = seenAt.length;
parentPort!.postMessage('ready');
for await (const page of log.follow({ after: START, signal: enough.signal })) {
  const at = performance.timeOrigin + performance.now();
  for (const { data } of page) seenAt[(data as { index: number }).index] = at;
  left -= page.length;
  if (left === 0) enough.abort();
}
await log.close();
parentPort!.postMessage('done');
