// The thread that keeps ClickHouse up to date: its own connections, its own reading of the log. It
// goes on until it is terminated, which it may be at any moment.
import { parentPort, workerData } from 'node:worker_threads';
import { followIntoClickHouse } from '#analytics/clickhouse/follow.ts';
import type { CopyParts } from './clickhouse-copy.ts';

const port = parentPort;
if (port === null) throw new Error('the copy is kept by a worker thread');
const { source, target } = workerData as CopyParts;
const { signal } = new AbortController();
await followIntoClickHouse(source, target, { signal, onNews: (news) => port.postMessage(news) });
