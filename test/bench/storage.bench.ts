// The disk that everything is measured on, and how many bytes an event takes in the log.
import { closeSync, fdatasyncSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { newEvents } from './bench-event.ts';
import type { Figure } from './figure.ts';
import { inDirectory } from './workplace.ts';

const SYNCS = 500;
const EVENTS = 100_000;
const EVENTS_PER_STREAM = 2;

export async function* storage(): AsyncIterable<Figure> {
  yield { name: 'fdatasync of 4 KiB, p50', value: await inDirectory(syncTime), unit: 'ms' };
  yield {
    name: 'stored event with a 200-byte payload, metadata and indexes included',
    value: await inDirectory(bytesPerEvent),
    unit: 'bytes',
    target: { atMost: 450 },
  };
}

async function syncTime(directory: string): Promise<number> {
  const file = openSync(join(directory, 'file'), 'w');
  const block = Buffer.alloc(4_096, 1);
  const times = Float64Array.from({ length: SYNCS }, () => {
    const started = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - started;
  }).sort();
  closeSync(file);
  return times[SYNCS / 2]!;
}

/** Two events a stream, as an order has. */
async function bytesPerEvent(directory: string): Promise<number> {
  const file = join(directory, 'ledger.db');
  const store = openSqliteStore(file);
  const streams = Array.from({ length: EVENTS / EVENTS_PER_STREAM }, (_, i) => i);
  for (let from = 0; from < streams.length; from += 500) {
    await Promise.all(
      streams
        .slice(from, from + 500)
        .map((i) =>
          store.append(
            `order-seller${i % 300}/${1_000_000 + i}`,
            'no_stream',
            newEvents(EVENTS_PER_STREAM),
          ),
        ),
    );
  }
  await store.close();
  return statSync(file).size / EVENTS;
}
